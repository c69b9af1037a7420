'use client';
import { useChains, useConnection } from 'wagmi';
import { TextLink } from '#kit/links.tsx';
import { isOnItsWay } from './tracked.ts';
import { TrackedState } from './tracked-state.tsx';
import { useTracker } from './tracker.tsx';
import { chainWords } from './wallet-chain.ts';

const MOST = 3;

/** On every page: what is on its way, also from an earlier visit, and a wallet that stands on another chain. */
export function TrackerStrip() {
  const { list } = useTracker();
  const { chainId: walletChain, isConnected } = useConnection();
  // One chain alone is configured.
  const chain = useChains()[0]!;
  const open = list.filter((tracked) => isOnItsWay(tracked) || tracked.state === 'unknown').slice(0, MOST);
  const isElsewhere = isConnected && walletChain !== undefined && walletChain !== chain.id;
  if (open.length === 0 && !isElsewhere) return null;
  return (
    <aside
      aria-label="Your transactions"
      role="status"
      className="pointer-events-none fixed bottom-4 left-4 z-40 flex max-w-[min(26rem,calc(100vw-2rem))] flex-col gap-2 rounded-md border border-line-strong bg-surface px-4 py-3 text-sm"
      data-testid="tracker-strip"
    >
      {isElsewhere ? (
        <p className="text-risk" data-testid="wrong-chain">
          Your wallet is on {chainWords(walletChain)}; this page works on {chainWords(chain.id, chain)}. It asks you to
          switch before anything is sent.
        </p>
      ) : null}
      {open.map((tracked) => (
        <p key={tracked.id} className="flex flex-wrap items-center gap-x-2">
          <span className="font-semibold">{tracked.title}</span> <TrackedState tracked={tracked} />
        </p>
      ))}
      {open.length > 0 ? (
        <TextLink href="/use#transactions" className="pointer-events-auto self-start text-xs">
          All your transactions
        </TextLink>
      ) : null}
    </aside>
  );
}
