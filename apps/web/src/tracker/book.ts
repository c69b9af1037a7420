import { shelfKey, type Shelf } from './shelf.ts';
import type { Tracked } from './tracked.ts';

type Place = Pick<Storage, 'getItem' | 'setItem'>;

/** Transactions kept of one account on one chain. */
const MOST = 50;
const PREFIX = 'oml.transactions';
const EMPTY: readonly Tracked[] = [];

const keyOf = (shelf: Shelf): string => shelfKey('transactions', shelf);

/**
 * The transactions of this browser, by account and chain, newest first. Kept where pages and tabs share it; where
 * storage is off or full, for as long as the page lives.
 */
export function createBook(place: Place | undefined) {
  const shelves = new Map<string, readonly Tracked[]>();
  const listeners = new Set<() => void>();
  const tell = () => listeners.forEach((listener) => listener());

  /** The same array until something changes. */
  function list(shelf: Shelf): readonly Tracked[] {
    const key = keyOf(shelf);
    const known = shelves.get(key);
    if (known) return known;
    const read = readList(place, key);
    shelves.set(key, read);
    return read;
  }

  function write(shelf: Shelf, change: (before: readonly Tracked[]) => readonly Tracked[]): void {
    const key = keyOf(shelf);
    // Another tab may have written since.
    const after = change(place ? readList(place, key, list(shelf)) : list(shelf)).slice(0, MOST);
    shelves.set(key, after);
    try {
      place?.setItem(key, JSON.stringify(after));
    } catch {
      // It is still in memory.
    }
    tell();
  }

  return {
    list,
    /** Adds a transaction, or puts what is known of it in the place of what was. */
    put(tracked: Tracked): void {
      write(tracked, (before) => {
        const others = before.filter(({ id }) => id !== tracked.id);
        return others.length < before.length
          ? before.map((each) => (each.id === tracked.id ? tracked : each))
          : [tracked, ...before];
      });
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    /** Another tab wrote: what was read before is old. */
    reread(key: string | null): void {
      if (key !== null && !key.startsWith(PREFIX)) return;
      if (key === null) shelves.clear();
      else shelves.delete(key);
      tell();
    },
  };
}

export type Book = ReturnType<typeof createBook>;

function readList(place: Place | undefined, key: string, otherwise: readonly Tracked[] = EMPTY): readonly Tracked[] {
  try {
    const text = place?.getItem(key);
    if (!text) return otherwise;
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.filter(isTracked) : otherwise;
  } catch {
    return otherwise;
  }
}

/** What lies in a browser's storage is anybody's. */
function isTracked(value: unknown): value is Tracked {
  const it = value as Partial<Tracked> | null;
  return (
    typeof it === 'object' &&
    it !== null &&
    [it.id, it.hash, it.genesis, it.account, it.to, it.data].every((hex) => /^0x[0-9a-fA-F]*$/.test(String(hex))) &&
    /^\d+$/.test(String(it.value)) &&
    [it.sentAt, it.sentBlock, it.since, it.misses].every(Number.isFinite) &&
    typeof it.title === 'string' &&
    typeof it.state === 'string'
  );
}
