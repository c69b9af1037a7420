import { devDollarAbi } from '@oml/contracts/abis';
import { waitForReceipt } from '@oml/program/receipts';
import type { ExactAuthorization } from '@oml/protocol/signed/authorization';
import type { Chain } from '@oml/service/chain';
import {
  isAddressEqual,
  parseEventLogs,
  WaitForTransactionReceiptTimeoutError,
  type Address,
  type Hex,
  type TransactionReceipt,
} from 'viem';

/** How far back an authorization's transfer is looked for. */
const LOOKBACK_BLOCKS = 5_000n;

/** As long as x402 lets a buyer wait for an answer. */
const FINAL_WITHIN_MS = 60_000;

type View = Pick<Chain, 'publicClient' | 'deployment'>;

/** Is the nonce of an authorization spent, by whatever it was spent? Now, unless a block is given. */
export function isAuthorizationUsed(
  { publicClient, deployment }: View,
  { from, nonce }: Pick<ExactAuthorization, 'from' | 'nonce'>,
  at: { blockNumber?: bigint } = {},
): Promise<boolean> {
  return publicClient.readContract({
    address: deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'authorizationState',
    args: [from, nonce],
    ...at,
  });
}

/**
 * The receipt of a transaction once it is `settleDepth` blocks deep, wherever a rollback put it in the meantime. Throws
 * what viem throws when that takes over a minute.
 */
export function finalReceipt(
  { publicClient }: Pick<Chain, 'publicClient'>,
  hash: Hex,
  settleDepth: number,
): Promise<TransactionReceipt> {
  return waitForReceipt(publicClient, { hashes: () => [hash], depth: settleDepth, timeoutMs: FINAL_WITHIN_MS });
}

/**
 * Did this transaction move the authorization's money, all of it, to whom it was made out? The transfer is the token's
 * next event after that of the nonce, as EIP-3009 has it: another one of the same transaction pays for something else.
 */
export function hasMoved(
  { status, logs }: Pick<TransactionReceipt, 'status' | 'logs'>,
  token: Address,
  { from, to, value, nonce }: ExactAuthorization,
): boolean {
  const events = parseEventLogs({
    abi: devDollarAbi,
    eventName: ['AuthorizationUsed', 'Transfer'],
    logs: logs.filter((log) => isAddressEqual(log.address, token)),
  });
  const used = events.findIndex(
    ({ eventName, args }) =>
      eventName === 'AuthorizationUsed' && isAddressEqual(args.authorizer, from) && args.nonce === nonce,
  );
  const next = used < 0 ? undefined : events[used + 1];
  if (status !== 'success' || next?.eventName !== 'Transfer') return false;
  return isAddressEqual(next.args.from, from) && isAddressEqual(next.args.to, to) && next.args.value === value;
}

export interface Search {
  /** Only a transaction of this account counts. */
  by?: Address | undefined;
  /** How far back to look; 5,000 blocks if not said. */
  sinceBlocks?: bigint | undefined;
  /** Blocks after which it counts as final. */
  settleDepth: number;
}

/** What the chain shows of an authorization. */
export type Found =
  /** The transaction that moved its money into the vault, and whether it is final already. */
  | { tx: Hex; isFinal: boolean }
  /** Its nonce is spent for good on something that is not ours to count. */
  | { isForeign: true };

/**
 * Looks for the money of an authorization on the chain, where anyone may have broadcast it, and waits until it is
 * final. Undefined where nothing is to be seen of it within the lookback.
 */
export async function findSettledTransfer(
  view: View,
  authorization: ExactAuthorization,
  { by, sinceBlocks = LOOKBACK_BLOCKS, settleDepth }: Search,
): Promise<Found | undefined> {
  const { publicClient, deployment } = view;
  const token = deployment.contracts.token;
  const head = await publicClient.getBlockNumber();
  const fromBlock = head > sinceBlocks ? head - sinceBlocks : 0n;
  const spent = await Promise.all(
    (['AuthorizationUsed', 'AuthorizationCanceled'] as const).map((eventName) =>
      publicClient.getContractEvents({
        address: token,
        abi: devDollarAbi,
        eventName,
        args: { authorizer: authorization.from, nonce: authorization.nonce },
        fromBlock,
      }),
    ),
  );
  const tx = spent.flat()[0]?.transactionHash;
  if (!tx) return undefined;
  const receipt = await finalReceipt(view, tx, settleDepth).catch((error: unknown) => {
    if (error instanceof WaitForTransactionReceiptTimeoutError) return undefined;
    throw error;
  });
  if (!receipt) return { tx, isFinal: false };
  const isOurs = !by || isAddressEqual(receipt.from, by);
  return isOurs && hasMoved(receipt, token, authorization) ? { tx, isFinal: true } : { isForeign: true };
}

/**
 * Can an authorization move no money any more, whatever is still on its way? Asked of a block that no rollback reaches,
 * so that a node which lags behind, or dropped a log, cannot make it look dead.
 */
export async function isDead(view: View, authorization: ExactAuthorization, settleDepth: number): Promise<boolean> {
  const { publicClient } = view;
  const deepest = (await publicClient.getBlockNumber()) - BigInt(settleDepth);
  if (deepest < 0n) return false;
  const { timestamp } = await publicClient.getBlock({ blockNumber: deepest });
  if (timestamp < authorization.validBefore) return false;
  return !(await isAuthorizationUsed(view, authorization, { blockNumber: deepest }));
}
