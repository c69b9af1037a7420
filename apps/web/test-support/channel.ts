import { batchSettlementAbi } from '@oml/contracts/abis';
import { receiveTypedData } from '@oml/protocol/signed/authorization';
import { channelIdOf, WITHDRAW_DELAY } from '@oml/protocol/signed/channel';
import { encodeAbiParameters, keccak256, stringToHex, type Address, type LocalAccount } from 'viem';
import type { Market, Who } from './market.ts';
import { accountOf } from './market.ts';

/** Somebody pays into a channel as x402's clients do, by one signature over the token. */
export async function openChannel(
  market: Market,
  who: Who,
  receiver: Address,
  { amount, sessionKey }: { amount: bigint; sessionKey?: Address },
) {
  const payer: LocalAccount = accountOf(who);
  const { contracts, chainId } = market.deployment;
  const config = {
    payer: payer.address,
    payerAuthorizer: sessionKey ?? payer.address,
    receiver,
    receiverAuthorizer: receiver,
    token: contracts.token,
    withdrawDelay: WITHDRAW_DELAY.least,
    salt: keccak256(stringToHex('channel')),
  };
  const channelId = channelIdOf(config, { chainId, batchSettlement: contracts.batchSettlement });
  const times = { validAfter: 0n, validBefore: 2n ** 40n };
  const nonce = keccak256(encodeAbiParameters([{ type: 'bytes32' }, { type: 'uint256' }], [channelId, 1n]));
  const domain = { name: 'Dev Dollar', version: '1', chainId, verifyingContract: contracts.token };
  const authorization = { from: payer.address, to: contracts.depositCollector, value: amount, ...times, nonce };
  const signature = await payer.signTypedData(receiveTypedData(authorization, domain));
  const collectorData = encodeAbiParameters(
    [{ type: 'uint256' }, { type: 'uint256' }, { type: 'uint256' }, { type: 'bytes' }],
    [times.validAfter, times.validBefore, 1n, signature],
  );
  await market.as[who].send({
    address: contracts.batchSettlement,
    abi: batchSettlementAbi,
    functionName: 'deposit',
    args: [config, amount, contracts.depositCollector, collectorData],
  });
  return { channelId, config, withdrawDelay: config.withdrawDelay };
}
