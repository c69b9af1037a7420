import type { ClaimStateName, OffenceName } from '@oml/protocol/chain/claim-state';
import type { Hex } from 'viem';
import { listBookings, type BookingRow } from './bookings.ts';
import type { Database } from './client.ts';
import { toHex } from './columns.ts';

/** What the chain knows of a receipt or a payment: hashes, amounts and states; what was asked is not on chain. */
export interface ReceiptRow {
  hash: Hex;
  /** Where it is the reference of a payment: what vaults have booked for it, latest first. */
  bookings: BookingRow[];
  /** Claims that accuse it, show it as a hit, or accuse receipts of that payment; `digests` are those receipts'. */
  claims: { claimId: Hex; offence: OffenceName; state: ClaimStateName; digests: Hex[] }[];
}

/** Of one hash: whoever books or claims more pays for each. */
const MOST = 200;

/** Looks up a receipt by its digest, a payment by its reference, a claim by its id; undefined where none is known. */
export async function lookUpReceipt(db: Database, hash: Hex): Promise<ReceiptRow | undefined> {
  const key = hash.toLowerCase();
  const [bookings, ofPayment, ofDigest, hits] = await Promise.all([
    listBookings(db, { paymentRef: hash, limit: MOST }),
    db.contestedUse.findMany({ where: { paymentRef: key }, take: MOST }),
    db.contestedUse.findMany({ where: { digest: key }, take: MOST }),
    db.claimHit.findMany({ where: { digest: key }, take: MOST }),
  ]);
  const named = [...ofPayment, ...ofDigest, ...hits];
  const rows = await db.claim.findMany({
    where: { claimId: { in: [key, ...named.map(({ claimId }) => claimId)] } },
    select: { claimId: true, offence: true, state: true, blockNumber: true },
    orderBy: { claimId: 'asc' },
  });
  const claims = rows
    .toSorted((one, other) => Number(other.blockNumber - one.blockNumber))
    .map(({ claimId, offence, state }) => ({
      claimId: toHex(claimId),
      offence: offence as OffenceName,
      state: state as ClaimStateName,
      digests: digestsOf(named.filter((each) => each.claimId === claimId)),
    }));
  return bookings.length + claims.length > 0 ? { hash: toHex(key), bookings, claims } : undefined;
}

const digestsOf = (named: readonly { digest: string | null }[]): Hex[] => [
  ...new Set(named.flatMap(({ digest }) => (digest === null ? [] : [toHex(digest)]))),
];
