import type { Store } from '@oml/service/store';
import { getAddress, type Address, type Hex } from 'viem';

/** A license of one of our models and how far its edition is. */
export interface LicenseRecord {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  encryptionKey: Hex;
  hostSalt: Hex;
  acceptedBlock: bigint;
  /** `sealed`: the edition is written, but its root may not be on chain yet. */
  state: 'accepted' | 'sealed' | 'delivered' | 'closed' | 'failed';
  beacon: Hex | null;
  editionRoot: Hex | null;
}

type Row = {
  license_id: string;
  model_id: string;
  account: string;
  encryption_key: Hex;
  host_salt: Hex;
  accepted_block: number;
  state: LicenseRecord['state'];
  beacon: Hex | null;
  edition_root: Hex | null;
};

/** Licenses in the store. */
export class LicenseRecords {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** Notes an accepted license; one that is known stays as it is. */
  add(license: Omit<LicenseRecord, 'state' | 'beacon' | 'editionRoot'>): void {
    this.store.db
      .prepare(
        "INSERT OR IGNORE INTO licenses (license_id, model_id, account, encryption_key, host_salt, accepted_block, state) VALUES (?, ?, ?, ?, ?, ?, 'accepted')",
      )
      .run(
        String(license.licenseId),
        String(license.modelId),
        license.account,
        license.encryptionKey,
        license.hostSalt,
        Number(license.acceptedBlock),
      );
  }

  find(licenseId: bigint): LicenseRecord | undefined {
    const row = this.store.db
      .prepare('SELECT * FROM licenses WHERE license_id = ?')
      .get(String(licenseId)) as unknown as Row | undefined;
    return row && read(row);
  }

  /** Undelivered licenses that may be tried now. */
  due(): LicenseRecord[] {
    const rows = this.store.db
      .prepare("SELECT * FROM licenses WHERE state IN ('accepted', 'sealed') AND retry_at <= ? ORDER BY accepted_block")
      .all(Date.now());
    return (rows as unknown as Row[]).map(read);
  }

  setSealed(licenseId: bigint, beacon: Hex, editionRoot: Hex): void {
    this.store.db
      .prepare("UPDATE licenses SET state = 'sealed', beacon = ?, edition_root = ? WHERE license_id = ?")
      .run(beacon, editionRoot, String(licenseId));
  }

  setState(licenseId: bigint, state: LicenseRecord['state'], error: string | null = null): void {
    this.store.db
      .prepare('UPDATE licenses SET state = ?, error = ? WHERE license_id = ?')
      .run(state, error, String(licenseId));
  }

  postpone(licenseId: bigint, ms: number): void {
    this.store.db
      .prepare('UPDATE licenses SET retry_at = ? WHERE license_id = ?')
      .run(Date.now() + ms, String(licenseId));
  }
}

const read = (row: Row): LicenseRecord => ({
  licenseId: BigInt(row.license_id),
  modelId: BigInt(row.model_id),
  account: getAddress(row.account),
  encryptionKey: row.encryption_key,
  hostSalt: row.host_salt,
  acceptedBlock: BigInt(row.accepted_block),
  state: row.state,
  beacon: row.beacon,
  editionRoot: row.edition_root,
});
