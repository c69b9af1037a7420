import { shelfKey, type Shelf } from '#tracker/shelf.ts';

/** Entries kept of one account. */
const MOST = 100;

export type Place = Pick<Storage, 'getItem' | 'setItem'>;
export type Kind = Parameters<typeof shelfKey>[0];

/** Keeps an entry of an account on a chain, newest first; silently does without where storage is off or full. */
export function keepIn(kind: Kind, shelf: Shelf, entry: unknown, place: Place = localStorage): void {
  try {
    place.setItem(shelfKey(kind, shelf), JSON.stringify([entry, ...keptIn(kind, shelf, place)].slice(0, MOST)));
  } catch {
    // What it is about is still on the page.
  }
}

/** What was kept of an account on a chain: whatever lies there, it is a list. */
export function keptIn(kind: Kind, shelf: Shelf, place: Pick<Place, 'getItem'> = localStorage): unknown[] {
  try {
    const list: unknown = JSON.parse(place.getItem(shelfKey(kind, shelf)) ?? '[]');
    return Array.isArray(list) ? list : [];
  } catch {
    return [];
  }
}
