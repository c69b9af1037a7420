import type { Paid } from '@oml/sdk/buyer';
import { keptPaid } from '@oml/sdk/kept-paid';
import type { Payment } from '@oml/sdk/payment';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What is kept of an answer that was paid for: enough to show, to claim on, and to book. */
const entrySchema = z.object({
  /** ISO time at which the host says it answered. */
  at: z.string(),
  model: z.string(),
  modelId: z.string(),
  licenseId: z.string(),
  account: z.string(),
  /** Smallest unit of the token, as decimal text. */
  amount: z.string(),
  paymentRef: z.string(),
  tx: z.string().optional(),
  receipt: z.unknown(),
  /** Opens the receipt's nonce in a claim: secret until then. */
  nonceSalt: z.string().optional(),
  /** The payment itself. */
  header: z.string(),
});
export type JournalEntry = z.output<typeof entrySchema>;

const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;

/** Receipts as lines of JSON in one file of its owner alone; a line that a crash cut is skipped. */
export class Journal {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_FOLDER });
  }

  add(paid: Paid<Payment>, model: string): void {
    const entry: JournalEntry = { ...keptPaid(paid), model };
    appendFileSync(this.path, `${JSON.stringify(entry)}\n`, { mode: OWNER_ONLY, flush: true });
  }

  /** The newest first. */
  read(most = Infinity): JournalEntry[] {
    if (!existsSync(this.path)) return [];
    const lines = readFileSync(this.path, 'utf8').split('\n');
    const entries: JournalEntry[] = [];
    for (const line of lines.toReversed()) {
      if (entries.length >= most) break;
      const entry = entryOf(line);
      if (entry) entries.push(entry);
    }
    return entries;
  }
}

function entryOf(line: string): JournalEntry | undefined {
  try {
    return entrySchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
