'use client';
import { omlErrorsAbi } from '@oml/contracts/abis';
import { useRouter } from 'next/navigation';
import { useCallback, useState } from 'react';
import { toast } from 'sonner';
import type { Abi, Address, ContractFunctionArgs, ContractFunctionName, Hex, TransactionReceipt } from 'viem';
import { useConnection, usePublicClient, useSwitchChain, useWriteContract } from 'wagmi';
import { explainError } from './explain-error.ts';
import { usePublicConfig } from './providers.tsx';
import type { Explanation } from './revert-words.ts';

export interface WriteStatus {
  state: 'idle' | 'signing' | 'pending' | 'included' | 'failed';
  hash?: Hex;
  problem?: Explanation;
}

/** What changes something, with or without the chain's own coin. */
export type Writing = 'nonpayable' | 'payable';

export interface Call<
  abi extends Abi = Abi,
  name extends ContractFunctionName<abi, Writing> = ContractFunctionName<abi, Writing>,
> {
  address: Address;
  abi: abi;
  functionName: name;
  args: ContractFunctionArgs<abi, Writing, name>;
  /** Of the chain's own coin. */
  value?: bigint;
}

/**
 * One write at a time from the connected wallet: simulated first, so that a refusal is shown in words before the wallet
 * asks for anything;
 * resolves once included. Rejects with what the chain or the wallet said.
 */
export function useWrite() {
  const [status, setStatus] = useState<WriteStatus>({ state: 'idle' });
  const { address, chainId: walletChainId } = useConnection();
  const { chainId } = usePublicConfig();
  const publicClient = usePublicClient();
  const { mutateAsync: switchChain } = useSwitchChain();
  const { mutateAsync: writeContract } = useWriteContract();
  const router = useRouter();

  const send = useCallback(
    async <const abi extends Abi, name extends ContractFunctionName<abi, Writing>>(
      call: Call<abi, name>,
    ): Promise<TransactionReceipt> => {
      setStatus({ state: 'signing' });
      try {
        if (!address || !publicClient) throw new Error('Connect a wallet first.');
        if (walletChainId !== chainId) await switchChain({ chainId });
        // Errors of contracts further down decode too.
        const request = { ...call, abi: [...call.abi, ...omlErrorsAbi] as Abi, account: address } as Parameters<
          typeof publicClient.simulateContract
        >[0];
        await publicClient.simulateContract(request);
        const hash = await writeContract({ ...request, chainId } as Parameters<typeof writeContract>[0]);
        setStatus({ state: 'pending', hash });
        const receipt = await publicClient.waitForTransactionReceipt({ hash });
        if (receipt.status === 'reverted')
          throw new Error('The transaction was included, but the contract refused it.');
        setStatus({ state: 'included', hash });
        toast(`Included in block ${receipt.blockNumber}`, { id: hash, description: String(call.functionName) });
        router.refresh();
        return receipt;
      } catch (error) {
        setStatus((before) => ({ ...before, state: 'failed', problem: explainError(error) }));
        throw error;
      }
    },
    [address, walletChainId, chainId, publicClient, switchChain, writeContract, router],
  );

  return { status, send, busy: status.state === 'signing' || status.state === 'pending' };
}
