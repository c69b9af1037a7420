import { claimCourtAbi } from '@oml/contracts/abis';
import { readLogs } from '@oml/program/read-logs';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { PublishedMeasurement } from '@oml/measure/export/exported-model';
import type { Chain } from '@oml/service/chain';
import { isHex, type Hex } from 'viem';
import { carriedBy, standingOf } from './publish.ts';

/** A measurement as a transaction carries it; who stands for it, the reader judges. */
export type Carried = Omit<PublishedMeasurement, 'as'>;

const AT_ONCE = 8;

/** What a transaction carries and anchors. Throws REQUEST_INVALID, NOT_FOUND, SIGNATURE_INVALID. */
export async function publishedIn(chain: Chain, tx: string): Promise<Carried> {
  if (!isHex(tx) || tx.length !== 66) throw new OmlError('REQUEST_INVALID', `"${tx}" is no hash of a transaction.`);
  const signed = await carriedBy(chain, tx);
  const { by, anchoredAt } = await standingOf(chain, signed);
  if (anchoredAt === 0) throw new OmlError('NOT_FOUND', `What ${tx} carries is anchored nowhere.`);
  return { measurement: signed.measurement, by, anchoredAt: new Date(anchoredAt * 1000), tx };
}

/** Every measurement that the chain carries, the oldest first: each anchor is looked at, as an index does. */
export async function allPublished(chain: Chain): Promise<Carried[]> {
  const { publicClient, deployment } = chain;
  const event = {
    address: deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    eventName: 'ReceiptsAnchored',
  } as const;
  const logs = await readLogs({
    fromBlock: BigInt(deployment.deployedAtBlock),
    toBlock: await publicClient.getBlockNumber(),
    read: (range) => publicClient.getContractEvents({ ...event, ...range }),
  });
  const found: Carried[] = [];
  for (let i = 0; i < logs.length; i += AT_ONCE) {
    const some = logs.slice(i, i + AT_ONCE).map(({ transactionHash }) => ifPublished(chain, transactionHash));
    found.push(...(await Promise.all(some)).flatMap((each) => each ?? []));
  }
  return found;
}

/** Undefined for an anchor of receipts, and for what is signed by another than it says. */
const ifPublished = (chain: Chain, tx: Hex): Promise<Carried | undefined> =>
  publishedIn(chain, tx).catch((error: unknown) => {
    if (isOmlError(error) && (error.code === 'NOT_FOUND' || error.code === 'SIGNATURE_INVALID')) return undefined;
    throw error;
  });
