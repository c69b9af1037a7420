'use client';
import { Search } from 'lucide-react';
import { lazy, Suspense, useEffect, useState, type MouseEvent } from 'react';

const Palette = lazy(() => import('#search/palette.tsx').then((module) => ({ default: module.Palette })));

/** The way to the search: a page of its own, or with scripts a window, which ctrl-K opens too. */
export function SearchSlot() {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey)
        return;
      event.preventDefault();
      setIsOpen(true);
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const open = (event: MouseEvent) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    setIsOpen(true);
  };
  return (
    <>
      <a
        href="/search"
        onClick={open}
        aria-label="Search, Ctrl K"
        aria-keyshortcuts="Control+K Meta+K"
        data-testid="search-open"
        className="inline-flex size-8 items-center justify-center rounded-md text-ink-soft hover:bg-raised hover:text-ink"
      >
        <Search aria-hidden className="size-4" />
      </a>
      {isOpen ? (
        <Suspense>
          <Palette onClose={() => setIsOpen(false)} />
        </Suspense>
      ) : null}
    </>
  );
}
