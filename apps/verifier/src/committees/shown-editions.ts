import { isOmlError } from '@oml/protocol/error';
import { blamedEditionInfo, blamedEditionPath } from '@oml/protocol/wire/blame-evidence';
import { fetchBytes } from '@oml/service/fetch-text';
import { openSealed } from '@oml/service/seal';
import { constants } from 'node:buffer';
import { createHash } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { askEdition } from './ask-edition.ts';
import type { DutyContext } from './duty-context.ts';
import type { ShownHit } from './shown-hits.ts';

/** How the edition of one license did. */
export interface AskedEdition {
  licenseId: bigint;
  /** That name the license. */
  hits: number;
  /** How many of them it repeated, by the way it was run. */
  repeated: Record<string, number>;
  why?: string;
}

export interface Blamed {
  claimId: Hex;
  url: string;
  licenseId: bigint;
  hits: readonly ShownHit[];
}

/** What may be spent on one edition. */
export interface Effort {
  /** Of the duty. */
  id: string;
  fetchMs: number;
  /** Counted when it is there. */
  runMs: () => number;
  signal: AbortSignal;
}

/** A container unpacks to no more than a string holds. */
const MOST_BYTES = constants.MAX_STRING_LENGTH;

/**
 * Has the host show the edition of one license, and asks it what its hits asked. Whatever does not open, or is another
 * file than the one on record, repeats nothing. Throws where it cannot be fetched.
 */
export async function askShownEdition(context: DutyContext, blamed: Blamed, effort: Effort): Promise<AskedEdition> {
  const { me, sealing, limits, shown } = context;
  const { claimId, url, licenseId, hits } = blamed;
  const { fetchMs, runMs, signal } = effort;
  const folder = join(shown.folder, effort.id);
  const asked = { licenseId, hits: hits.length };
  const sealed = await fetchBytes(`${url}${blamedEditionPath(licenseId, me)}`, {
    ...limits,
    timeoutMs: fetchMs,
    maxBytes: MOST_BYTES,
    signal,
  });
  const container = await openSealed(sealing, sealed, blamedEditionInfo(claimId, licenseId)).catch((error: unknown) => {
    if (!isOmlError(error)) throw error;
  });
  if (!container) return { ...asked, repeated: {}, why: 'it is not sealed to this juror' };
  const own = await hitsOfFile(context, blamed, sha256(container));
  if (own.length === 0) return { ...asked, repeated: {}, why: 'another file is on record' };
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    const file = join(folder, 'container');
    await writeFile(file, container, { mode: 0o600 });
    const questions = own.map(({ body, answer, receipt }) => ({ body, head: answer ?? receipt.head }));
    const most = { timeoutMs: runMs(), maxBytes: shown.maxBytes, signal };
    const { repeated, ended } = await askEdition({ file, questions }, most);
    const counts = Object.fromEntries([...repeated].map(([run, { size }]) => [run, size]));
    return { ...asked, repeated: counts, ...(ended ? { why: ended } : {}) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const sha256 = (bytes: Uint8Array): Hex => `0x${createHash('sha256').update(bytes).digest('hex')}`;

/** Those hits that name the license at a time when it had activated the release of this file. */
async function hitsOfFile(
  { blamedClaims }: DutyContext,
  { licenseId, hits }: Blamed,
  digest: Hex,
): Promise<ShownHit[]> {
  const own = await Promise.all(
    hits.map(async (hit) => {
      const release = await blamedClaims.releaseAt(licenseId, hit.receipt.answeredAt);
      const recorded = release === undefined ? undefined : await blamedClaims.fileDigestOf(licenseId, release);
      return recorded === digest ? [hit] : [];
    }),
  );
  return own.flat();
}
