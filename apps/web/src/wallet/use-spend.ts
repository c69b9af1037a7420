'use client';
import { useCallback } from 'react';
import type { Abi, Address, ContractFunctionName, Hex, TransactionReceipt } from 'viem';
import { useConnection, usePublicClient } from 'wagmi';
import { devDollarAbi } from '@oml/contracts/abis';
import { usePublicConfig } from '#kit/config-context.tsx';
import { callOf } from '#actions/action.ts';
import { useWrite, type Call, type Writing } from './use-write.ts';

/**
 * A write that takes `amount` of the token: approves exactly that much first where less is approved, in one with it
 * where the wallet can (EIP-5792).
 */
export function useSpend(mine?: { address: Address; data: Hex }) {
  const { send, sendTogether, ...write } = useWrite(mine);
  const { address } = useConnection();
  const publicClient = usePublicClient();
  const { token } = usePublicConfig().deployment.contracts;

  const spend = useCallback(
    async <const abi extends Abi, name extends ContractFunctionName<abi, Writing>>(
      amount: bigint,
      call: Call<abi, name>,
    ): Promise<TransactionReceipt> => {
      const erc20 = { address: token, abi: devDollarAbi } as const;
      const approved =
        address && publicClient
          ? await publicClient.readContract({ ...erc20, functionName: 'allowance', args: [address, call.address] })
          : 0n;
      if (approved >= amount) return send(call);
      const approve = { ...erc20, functionName: 'approve', args: [call.address, amount] } as const;
      const together = await sendTogether(callOf(approve), callOf(call));
      if (together) return together;
      await send(approve);
      return send(call);
    },
    [address, publicClient, send, sendTogether, token],
  );

  return { ...write, send, spend };
}
