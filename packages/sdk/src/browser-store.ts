import { OmlError } from '@oml/protocol/error';
import { database, onceDone, type Database } from './indexed-db.ts';
import type { Paid } from './exchange.ts';
import { keptPaid, type KeptPaid } from './kept-paid.ts';
import type { Payment } from './payment.ts';
import type { Texts } from './texts.ts';

/** What a buyer in a browser must not forget. It survives a crash of the page and of the browser. */
export interface BrowserStore {
  /** For `keepCalls`, `textChannels` and budgets. */
  texts: Texts;
  /** Keeps what `onReceipt` heard of, before the call is forgotten that it belongs to. */
  addReceipt(paid: Paid<Payment>): Promise<void>;
  /** The newest first. */
  receipts(most?: number): Promise<KeptPaid[]>;
  /** Lets another tab have it. */
  close(): void;
}

export interface BrowserStoreOptions {
  /** Stores of other names are other stores. */
  name?: string;
  /** Waits until no other tab has it, instead of throwing. */
  wait?: boolean;
}

/** Where a browser has what Node has files for. */
interface Locks {
  request(name: string, options: { ifAvailable: boolean }, held: (lock: object | null) => unknown): Promise<unknown>;
}
const [TEXTS, RECEIPTS] = ['texts', 'receipts'] as const;
/** A payment that was signed is on the disk before it leaves. */
const STRICT = { durability: 'strict' } as const;
const USUAL_MOST = 1_000;

/**
 * Opens a buyer's store in IndexedDB, for this tab alone: two that pay out of one channel would sign the same voucher
 * twice. Throws CONFLICT where another tab has it, UNAVAILABLE where the page has no IndexedDB or no locks (pages
 * without TLS that are not on localhost).
 */
export async function openBrowserStore({
  name = 'oml',
  wait = false,
}: BrowserStoreOptions = {}): Promise<BrowserStore> {
  const release = await lock(`oml-store-${name}`, wait);
  try {
    const db = await database(`oml-${name}`, (fresh) => {
      fresh.createObjectStore(TEXTS);
      fresh.createObjectStore(RECEIPTS, { autoIncrement: true });
    });
    return storeIn(db, release);
  } catch (error) {
    release();
    throw error;
  }
}

function storeIn(db: Database, release: () => void): BrowserStore {
  return {
    texts: {
      async read(name) {
        const found = db.transaction(TEXTS, 'readonly').objectStore(TEXTS).get(name);
        return (await onceDone(found)) as string | undefined;
      },
      async write(name, text) {
        const change = db.transaction(TEXTS, 'readwrite', STRICT);
        change.objectStore(TEXTS).put(text, name);
        await onceDone(change);
      },
    },
    async addReceipt(paid) {
      // Of both stores, so that whatever is written to texts afterwards waits for it.
      const change = db.transaction([TEXTS, RECEIPTS], 'readwrite', STRICT);
      change.objectStore(RECEIPTS).put(keptPaid(paid));
      await onceDone(change);
    },
    async receipts(most = USUAL_MOST) {
      const found: KeptPaid[] = [];
      const reading = db.transaction(RECEIPTS, 'readonly');
      const cursor = reading.objectStore(RECEIPTS).openCursor(null, 'prev');
      cursor.onsuccess = () => {
        if (!cursor.result || found.length >= most) return;
        found.push(cursor.result.value as KeptPaid);
        cursor.result.continue();
      };
      await onceDone(reading);
      return found;
    },
    close() {
      db.close();
      release();
    },
  };
}

/** Resolves, once this tab has the lock, to what lets it go. */
function lock(name: string, wait: boolean): Promise<() => void> {
  const { locks } = ((globalThis as { navigator?: unknown }).navigator ?? {}) as { locks?: Locks };
  if (!locks) throw new OmlError('UNAVAILABLE', 'A store in the browser needs a page over HTTPS, or on localhost.');
  return new Promise((resolve, reject) => {
    const asked = locks.request(name, { ifAvailable: !wait }, (held) => {
      if (held) return new Promise<void>((release) => resolve(release));
      return reject(new OmlError('CONFLICT', 'Another tab buys with this store: close it, or pay there.'));
    });
    asked.catch(reject);
  });
}
