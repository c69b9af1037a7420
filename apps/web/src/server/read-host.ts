import 'server-only';
import { accountOf } from '@oml/db/accounts';
import { listClaims } from '@oml/db/claims';
import { listLicenses } from '@oml/db/licenses';
import { listPayouts, type PayoutRow } from '@oml/db/payouts';
import { listRefusedClaims } from '@oml/db/refused-claims';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';
import { hostEnd } from '#host/host-end.ts';
import type { HostEnd, ShownAccount, ShownLicense } from '#host/shown-host.ts';
import type { Address } from '#kit/hex.ts';
import { readIndex } from './index-reader.ts';

export interface HostPage {
  /** Undefined where the address never posted a bond. */
  account: ShownAccount | undefined;
  end: HostEnd;
  /** All that its licenses booked. */
  booked: bigint;
  licenses: ShownLicense[];
  claims: ShownClaim[];
  refused: ShownRefusal[];
  payouts: PayoutRow[];
}

/** A host's account, its licenses, and what was claimed against it. */
export const readHostPage = (address: Address): Promise<{ data: HostPage } | undefined> =>
  readIndex(async (db) => {
    const [account, licenses, claims, refused, payouts] = await Promise.all([
      accountOf(db, address),
      listLicenses(db, { account: address }),
      listClaims(db, { account: address }),
      listRefusedClaims(db, { account: address }),
      listPayouts(db, { account: address }),
    ]);
    const booked = licenses.reduce((sum, license) => sum + license.bookedTotal, 0n);
    return { account, end: hostEnd(account, claims, refused), booked, licenses, claims, refused, payouts };
  });
