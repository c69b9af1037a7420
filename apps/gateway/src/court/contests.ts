import type { Receipt } from '@oml/protocol/signed/receipt';
import type { Store } from '@oml/service/store';
import type { Address, Hex } from 'viem';

/** A claim against this host that it may still answer, with what the court must be shown again. */
export interface Contest {
  claimId: Hex;
  receipt: Receipt;
  claimant: Address;
  nonceSalt: Hex;
}

interface Row {
  claim_id: Hex;
  receipt: string;
  claimant: Address;
  nonce_salt: Hex;
}

/** The claims of unpaid use against this host, in the gateway's store. */
export class Contests {
  private readonly db: Store['db'];

  constructor({ db }: Store) {
    this.db = db;
  }

  /** False where it is known. */
  add({ claimId, receipt, claimant, nonceSalt }: Contest): boolean {
    const json = JSON.stringify(receipt, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
    const sql =
      'INSERT INTO contest (claim_id, receipt, claimant, nonce_salt) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING';
    return this.db.prepare(sql).run(claimId, json, claimant, nonceSalt).changes > 0;
  }

  /** Those that have not ended, oldest first. */
  open(): Contest[] {
    const rows = this.db
      .prepare('SELECT * FROM contest WHERE ended_at IS NULL ORDER BY rowid')
      .all() as unknown as Row[];
    return rows.map((row) => ({
      claimId: row.claim_id,
      receipt: read(row.receipt),
      claimant: row.claimant,
      nonceSalt: row.nonce_salt,
    }));
  }

  end(claimId: Hex): void {
    this.db.prepare('UPDATE contest SET ended_at = ? WHERE claim_id = ?').run(Date.now(), claimId);
  }
}

function read(json: string): Receipt {
  const { licenseId, amount, cumulative, answeredAt, ...words } = JSON.parse(json) as Record<keyof Receipt, string>;
  return {
    ...(words as unknown as Receipt),
    licenseId: BigInt(licenseId),
    amount: BigInt(amount),
    cumulative: BigInt(cumulative),
    answeredAt: BigInt(answeredAt),
  };
}
