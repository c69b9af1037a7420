import { OmlError } from '@oml/protocol/error';
import type { Sent } from './sent.ts';

/** So many payments a second that nobody signed are looked at in full, and hear why they are refused. */
const HEARD = 50;
/** So many of them from one address, so that no stranger takes what the others have. */
const HEARD_OF_PEER = 10;
/** Keeps memory bounded, however many addresses strangers have. */
const MOST_PEERS = 10_000;

/**
 * Counts payments that nobody signed. While they come in a flood, from one address or from all, who brings one is told
 * to go before the request is read; who signs hears nothing of it, wherever he is. Throws UNAVAILABLE.
 */
export type TurnAway = (sent: Pick<Sent, 'payer'> | undefined, peer: string) => void;

export interface Heard {
  /** A second. */
  heard?: number;
  heardOfPeer?: number;
}

/** What came of late; it empties by itself. */
interface Bucket {
  level: number;
  second: number;
}

/** Tells those who sign their payments from those who only send some. */
export function createDoorman({ heard = HEARD, heardOfPeer = HEARD_OF_PEER }: Heard = {}): TurnAway {
  const all = empty();
  const peers = new Map<string, Bucket>();

  /** The one that came last stands last. */
  function bucketOf(peer: string): Bucket {
    const bucket = peers.get(peer) ?? empty();
    peers.delete(peer);
    peers.set(peer, bucket);
    if (peers.size > MOST_PEERS) peers.delete(peers.keys().next().value!);
    return bucket;
  }
  return (sent, peer) => {
    if (!sent || sent.payer !== undefined) return;
    // What one address sends too much is not counted against the others.
    if (!isFlood(bucketOf(peer), heardOfPeer) && !isFlood(all, heard)) return;
    throw new OmlError('UNAVAILABLE', 'This payment is not signed by its payer, and too many of the kind come.', {
      retryable: true,
      details: { retryAfter: 2 },
    });
  };
}

const empty = (): Bucket => ({ level: 0, second: 0 });

function isFlood(bucket: Bucket, aSecond: number): boolean {
  const now = Math.floor(performance.now() / 1_000);
  bucket.level = Math.max(0, bucket.level - aSecond * (now - bucket.second));
  bucket.second = now;
  if (bucket.level < 2 * aSecond) bucket.level++;
  return bucket.level > aSecond;
}
