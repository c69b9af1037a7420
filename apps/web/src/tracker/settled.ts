import type { Hex } from 'viem';
import type { Book } from './book.ts';
import type { Shelf } from './shelf.ts';
import type { Tracked } from './tracked.ts';
import { isOnItsWay } from './tracked.ts';

/** Resolves once a transaction is no longer on its way, whatever became of it. */
export function whenSettled(book: Book, shelf: Shelf, id: Hex): Promise<Tracked> {
  return new Promise((resolve) => {
    const check = (): boolean => {
      const tracked = book.list(shelf).find((each) => each.id === id);
      if (!tracked || isOnItsWay(tracked)) return false;
      resolve(tracked);
      return true;
    };
    if (check()) return;
    const stop = book.subscribe(() => {
      if (check()) stop();
    });
  });
}
