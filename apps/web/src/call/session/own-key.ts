const DATABASE = 'oml';
const STORE = 'keys';
const NAME = 'sessions';

let own: Promise<CryptoKey> | undefined;

/**
 * The key under which this browser keeps what belongs to sessions: pages use it and cannot read it. Where a browser
 * keeps nothing, it lives as long as the page.
 */
export const ownKey = (): Promise<CryptoKey> =>
  (own ??= (typeof indexedDB === 'undefined' ? newKey() : keptKey()).catch((error: unknown) => {
    own = undefined;
    throw error;
  }));

/** AES-GCM, 256 bits, not extractable. */
export const newKey = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);

async function keptKey(): Promise<CryptoKey> {
  const fresh = await newKey(); // no key can be made while a transaction is open
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => void opening.result.createObjectStore(STORE);
  const database = await resultOf(opening);
  try {
    const change = database.transaction(STORE, 'readwrite');
    const isOver = new Promise<void>((resolve, reject) => {
      change.oncomplete = () => resolve();
      change.onabort = () => reject(change.error);
    });
    const kept = (await resultOf(change.objectStore(STORE).get(NAME))) as CryptoKey | undefined;
    if (!kept) change.objectStore(STORE).put(fresh, NAME);
    await isOver;
    return kept ?? fresh;
  } finally {
    database.close();
  }
}

const resultOf = <Result>(request: IDBRequest<Result>): Promise<Result> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
