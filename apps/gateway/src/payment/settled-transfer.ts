import { devDollarAbi } from '@oml/contracts/abis';
import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, parseEventLogs, type Address, type Hex } from 'viem';

/** How far back an authorization's transfer is looked for. */
const LOOKBACK_BLOCKS = 5_000n;

type View = Pick<Chain, 'publicClient' | 'deployment'>;

/** Is the authorization's nonce spent, by whatever it was spent? */
export function isAuthorizationUsed(
  { publicClient, deployment }: View,
  { from, nonce }: ExactAuthorization,
): Promise<boolean> {
  return publicClient.readContract({
    address: deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'authorizationState',
    args: [from, nonce],
  });
}

export interface Search {
  /** Only a transaction of this account counts. */
  by?: Address | undefined;
  /** How far back to look; 5,000 blocks if not said. */
  sinceBlocks?: bigint | undefined;
}

/**
 * The transaction that moved this authorization's money into the vault: anyone may broadcast it, so the payment can be
 * on chain without
 * our doing. Undefined where there is none within the lookback, or the nonce was spent on something else.
 */
export async function findSettledTransfer(
  { publicClient, deployment }: View,
  { from, to, value, nonce }: ExactAuthorization,
  { by, sinceBlocks = LOOKBACK_BLOCKS }: Search,
): Promise<Hex | undefined> {
  const token = deployment.contracts.token;
  const head = await publicClient.getBlockNumber();
  const fromBlock = head > sinceBlocks ? head - sinceBlocks : 0n;
  const used = await publicClient.getContractEvents({
    address: token,
    abi: devDollarAbi,
    eventName: 'AuthorizationUsed',
    args: { authorizer: from, nonce },
    fromBlock,
  });
  const tx = used[0]?.transactionHash;
  if (!tx) return undefined;
  const { logs, from: sender } = await publicClient.getTransactionReceipt({ hash: tx });
  if (by && !isAddressEqual(sender, by)) return undefined;
  const transfers = parseEventLogs({
    abi: devDollarAbi,
    eventName: 'Transfer',
    logs: logs.filter((log) => isAddressEqual(log.address, token)),
  });
  return transfers.some(
    ({ args }) => isAddressEqual(args.from, from) && isAddressEqual(args.to, to) && args.value === value,
  )
    ? tx
    : undefined;
}
