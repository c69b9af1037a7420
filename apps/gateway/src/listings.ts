import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LISTINGS_FILE, readListings, type Listing } from './models.ts';

/**
 * Adds a listing, or replaces that of the same license or name; a reader sees the old file or the new one, never half
 * of it.
 */
export function writeListing(dataDir: string, listing: Listing): void {
  mkdirSync(dataDir, { recursive: true });
  const file = join(dataDir, LISTINGS_FILE);
  const others = existsSync(file)
    ? readListings(dataDir).filter(({ licenseId, model }) => licenseId !== listing.licenseId && model !== listing.model)
    : [];
  const rows = [...others, listing].map((row) => ({
    ...row,
    licenseId: String(row.licenseId),
    price: String(row.price),
  }));
  writeFileSync(`${file}.new`, `${JSON.stringify(rows, null, 2)}\n`);
  renameSync(`${file}.new`, file);
}
