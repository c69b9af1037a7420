'use client';
import { useRouter } from 'next/navigation';
import { createContext, use, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { toast } from 'sonner';
import type { Hex } from 'viem';
import { useConnection, usePublicClient } from 'wagmi';
import { createBook, type Book } from './book.ts';
import type { BatchingProvider } from '#wallet/batch.ts';
import { genesisOf, look, type Reader } from './look.ts';
import { lookAtBatch } from './look-at-batch.ts';
import type { Shelf } from './shelf.ts';
import { isDone, isOpen, isOnItsWay, type Tracked } from './tracked.ts';
import { useHealth } from './use-health.ts';

interface Tracker {
  book: Book;
  /** Of the connected account on this chain, newest first. */
  list: readonly Tracked[];
  /** Of the connected account on this chain; undefined as long as one of both is not known. */
  shelf: Shelf | undefined;
  /** Hash of this chain's block 0, asked once. */
  genesis(): Promise<Hex>;
  /** The newest block that the index has read; undefined as long as nobody said. */
  indexedBlock: number | undefined;
}

const TrackerContext = createContext<Tracker | undefined>(undefined);
const NONE: readonly Tracked[] = [];
/** Looks at what is in a block already, until it is final, this many times more rarely. */
const SELDOM = 8;

/** The transactions of the connected account, on every page. */
export function useTracker(): Tracker {
  const tracker = use(TrackerContext);
  if (!tracker) throw new Error('useTracker needs TrackerProvider around it.');
  return tracker;
}

/** Under what this browser keeps things of the connected account on this chain. */
export const useShelf = (): Shelf | undefined => useTracker().shelf;

/** Follows every transaction that was sent from this site, also those of an earlier visit. */
export function TrackerProvider({ children }: { children: ReactNode }) {
  const [book] = useState(() => createBook(ownStorage()));
  const { address } = useConnection();
  const client = usePublicClient();
  const [genesis, setGenesis] = useState<Hex>();
  const asked = useRef<Promise<Hex>>(undefined);
  const askGenesis = useMemo(
    () => async () => {
      if (!client) throw new Error('Connect a wallet first.');
      asked.current ??= genesisOf(client).catch((error: unknown) => {
        asked.current = undefined;
        throw error;
      });
      const hash = await asked.current;
      setGenesis(hash);
      return hash;
    },
    [client],
  );
  useEffect(() => void (address && askGenesis().catch(() => undefined)), [address, askGenesis]);
  useEffect(() => {
    const reread = ({ key }: StorageEvent) => book.reread(key);
    window.addEventListener('storage', reread);
    return () => window.removeEventListener('storage', reread);
  }, [book]);
  const shelf = useMemo(() => (address && genesis ? { account: address, genesis } : undefined), [address, genesis]);
  const list = useSyncExternalStore(
    book.subscribe,
    () => (shelf ? book.list(shelf) : NONE),
    () => NONE,
  );
  const lookAt = useLook(client);
  useFollow(book, shelf, lookAt, list.some(isOpen));
  const { indexedBlock } = useHealth(list.some(isAhead));
  useRefresh(list, indexedBlock);
  const tracker = useMemo(
    () => ({ book, list, shelf, genesis: askGenesis, indexedBlock }),
    [book, list, shelf, askGenesis, indexedBlock],
  );
  return <TrackerContext value={tracker}>{children}</TrackerContext>;
}

const isAhead = (tracked: Tracked): boolean => isOnItsWay(tracked) || (isDone(tracked) && !tracked.isFinal);

type Look = { at(tracked: Tracked): Promise<Tracked>; everyMs: number };

/** Asks the chain where a transaction stands; of a batch first the wallet, which alone knows what it became. */
function useLook(client: (Reader & { pollingInterval: number }) | undefined): Look | undefined {
  const { connector } = useConnection();
  return useMemo(
    () =>
      client && {
        everyMs: client.pollingInterval,
        async at(tracked) {
          if (tracked.batch === undefined) return look(client, tracked, Date.now());
          const provider = (await connector?.getProvider()) as BatchingProvider | undefined;
          return provider ? lookAtBatch(provider, tracked, tracked.batch, Date.now()) : tracked;
        },
      },
    [client, connector],
  );
}

/** Looks again and again, as long as there is something to look after. */
function useFollow(book: Book, shelf: Shelf | undefined, lookAt: Look | undefined, isNeeded: boolean): void {
  useEffect(() => {
    if (!shelf || !lookAt || !isNeeded) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let isOver = false;
    const turn = async (round: number): Promise<void> => {
      for (const tracked of book.list(shelf)) {
        if (isOver || !isOpen(tracked) || (tracked.block !== undefined && round % SELDOM > 0)) continue;
        const now = await lookAt.at(tracked).catch(() => tracked);
        if (now === tracked) continue;
        book.put(now);
        if (isDone(now) && !isDone(tracked))
          toast(now.title, { id: now.id, description: `Included in block ${now.block}` });
      }
      if (!isOver) timer = setTimeout(() => void turn(round + 1), lookAt.everyMs);
    };
    void turn(0);
    return () => {
      isOver = true;
      clearTimeout(timer);
    };
  }, [book, shelf, lookAt, isNeeded]);
}

/** Reads the page anew when a transaction is in, and once more when the index has read its block. */
function useRefresh(list: readonly Tracked[], indexedBlock: number | undefined): void {
  const router = useRouter();
  const newest = Math.max(0, ...list.map(({ block = 0 }) => block));
  const shown = Math.max(0, ...list.map(({ block = 0 }) => (block <= (indexedBlock ?? 0) ? block : 0)));
  const before = useRef<string>(undefined);
  useEffect(() => {
    const state = `${newest} ${shown}`;
    if (before.current !== undefined && before.current !== state) router.refresh();
    before.current = state;
  }, [newest, shown, router]);
}

/** Undefined where a browser lets no page keep anything. */
function ownStorage(): Storage | undefined {
  try {
    return typeof window === 'undefined' ? undefined : window.localStorage;
  } catch {
    return undefined;
  }
}
