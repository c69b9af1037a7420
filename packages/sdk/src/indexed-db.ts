import { OmlError } from '@oml/protocol/error';

// What is used of IndexedDB, in its own words: the SDK compiles without the types of browsers, which would let code for
// Node use what only browsers have.

export interface Wish {
  readonly result: unknown;
  readonly error: unknown;
  onsuccess: (() => void) | null;
  onerror: (() => void) | null;
}

export interface Cursor {
  readonly value: unknown;
  continue(): void;
}

interface ObjectStore {
  get(key: string): Wish;
  put(value: unknown, key?: string): Wish;
  openCursor(range: null, direction: 'prev'): Wish & { readonly result: Cursor | null };
}

interface Change {
  readonly error: unknown;
  oncomplete: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  objectStore(name: string): ObjectStore;
}

export interface Database {
  createObjectStore(name: string, options?: { autoIncrement: boolean }): unknown;
  transaction(stores: string | string[], mode: 'readonly' | 'readwrite', options?: { durability: 'strict' }): Change;
  close(): void;
  onversionchange: (() => void) | null;
}

interface Factory {
  open(name: string, version: number): Wish & { readonly result: Database; onupgradeneeded: (() => void) | null };
}

/** Opens a database, which is `made` where there is none yet. Throws UNAVAILABLE. */
export async function database(name: string, make: (fresh: Database) => void): Promise<Database> {
  const { indexedDB } = globalThis as { indexedDB?: Factory };
  if (!indexedDB) throw new OmlError('UNAVAILABLE', 'There is no IndexedDB here: programs on Node keep files.');
  const opening = indexedDB.open(name, 1);
  opening.onupgradeneeded = () => make(opening.result);
  await onceDone(opening);
  const db = opening.result;
  db.onversionchange = () => db.close();
  return db;
}

/** Resolves to what a request found, or once a transaction is written. Throws UNAVAILABLE, such as for a full disk. */
export function onceDone(doing: Wish | Change): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const fail = (): void =>
      reject(new OmlError('UNAVAILABLE', `The browser keeps nothing: ${String(doing.error)}.`, { cause: doing.error }));
    doing.onerror = fail;
    if ('oncomplete' in doing) {
      doing.oncomplete = () => resolve(undefined);
      doing.onabort = fail;
    } else doing.onsuccess = () => resolve(doing.result);
  });
}
