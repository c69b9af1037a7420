import { beaconProof } from '@oml/protocol/evidence/beacon';
import { OmlError } from '@oml/protocol/error';
import { drandRound, drandRoundUrl } from '@oml/protocol/wire/drand-round';
import type { Hex } from 'viem';

/** Who serves quicknet to everybody. */
export const PUBLIC_RELAYS = ['https://api.drand.sh', 'https://api2.drand.sh', 'https://api3.drand.sh'];

const TIMEOUT_MS = 10_000;
/** What a relay answers for a round that does not exist yet. */
const NOT_YET = [404, 425];
/** A round is some 300 bytes. */
const MOST_BYTES = 4_096;

/**
 * Asks one relay of drand for a round, as the proof that the beacon's contract takes; undefined while there is none.
 * What comes is read, not verified: that is the contract's business. Throws UNAVAILABLE, retryable, for whatever else.
 */
export async function fetchProof(relay: string, chainHash: Hex, round: bigint): Promise<Hex | undefined> {
  const refuse = (why: string, cause?: unknown) =>
    new OmlError('UNAVAILABLE', `The relay ${relay} ${why}.`, { retryable: true, details: { relay }, cause });
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(drandRoundUrl(relay, chainHash, round), { signal, redirect: 'error' }).catch(
    (cause: unknown) => {
      throw refuse('does not answer', cause);
    },
  );
  if (NOT_YET.includes(response.status)) {
    await response.body?.cancel();
    return undefined;
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw refuse(`answered ${response.status}`);
  }
  const answer = drandRound.safeParse(await readJson(response));
  if (!answer.success || BigInt(answer.data.round) !== round) throw refuse('does not answer with this round');
  const proof = beaconProof(answer.data.signature);
  if (!proof) throw refuse('answers with a signature that is no point of the curve');
  return proof;
}

/** The body as JSON; undefined where it breaks off, is too long or is none. */
async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of response.body ?? []) {
      length += chunk.length;
      if (length > MOST_BYTES) return undefined;
      chunks.push(chunk);
    }
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
