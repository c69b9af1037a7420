import { OmlError } from '@oml/protocol/error';
import { modelKind } from '@oml/protocol/wire/model-kind';
import { meteredSchema, meteredToJson } from '@oml/protocol/wire/price';
import { uint } from '@oml/protocol/wire/scalars';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** One entry of DATA_DIR/licenses.json. */
export const listingSchema = z.object({
  /** Name under which buyers ask for it. */
  model: z.string().min(1).max(120),
  kind: modelKind,
  licenseId: uint,
  /** The most that a call costs, in the token's smallest unit; what each costs where it is not metered. */
  price: uint,
  metered: meteredSchema.optional(),
  /** Folder of the edition's files, relative to DATA_DIR. */
  folder: z.string().min(1),
});
export type Listing = z.output<typeof listingSchema>;

export const LISTINGS_FILE = 'licenses.json';

/** The listings of a data folder. Throws NOT_FOUND where there are none yet. */
export function readListings(dataDir: string): Listing[] {
  try {
    return z.array(listingSchema).parse(JSON.parse(readFileSync(join(dataDir, LISTINGS_FILE), 'utf8')));
  } catch (cause) {
    throw new OmlError(
      'NOT_FOUND',
      `No readable ${LISTINGS_FILE} in the data folder: take a license first (oml host up --model NAME, or npm run onboard -w @oml/gateway).`,
      { cause },
    );
  }
}

/**
 * Adds a listing, or replaces that of the same license or name; a reader sees the old file or the new one, never half
 * of it.
 */
export function writeListing(dataDir: string, listing: Listing): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, LISTINGS_FILE);
  const others = existsSync(file)
    ? readListings(dataDir).filter(({ licenseId, model }) => licenseId !== listing.licenseId && model !== listing.model)
    : [];
  const rows = [...others, listing].map((row) => ({
    ...row,
    licenseId: String(row.licenseId),
    price: String(row.price),
    metered: row.metered && meteredToJson(row.metered),
  }));
  writeFileSync(`${file}.new`, `${JSON.stringify(rows, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
