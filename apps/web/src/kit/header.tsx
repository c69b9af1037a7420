import Link from 'next/link';
import { ConnectSlot } from './connect-slot.tsx';
import { PlaceLinks } from './place-links.tsx';
import { SearchSlot } from './search-slot.tsx';
import { ThemeToggle } from './theme-toggle.tsx';

/** The places of the site, and the wallet. */
export function Header({ withWallet }: { withWallet: boolean }) {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-page/95 backdrop-blur-sm">
      <div className="mx-auto flex max-w-6xl flex-wrap items-center gap-x-6 px-4 sm:flex-nowrap">
        <Link
          prefetch={false}
          href="/"
          className="flex h-14 items-center gap-2 text-base font-semibold"
          aria-label="OML, front page"
        >
          <Mark /> OML
        </Link>
        <nav
          aria-label="Places"
          className="relative order-last -mx-4 flex w-[calc(100%+2rem)] min-w-0 gap-1 overflow-x-auto px-3 pb-2 sm:order-none sm:mx-0 sm:w-auto sm:p-0"
        >
          <PlaceLinks />
        </nav>
        <div className="ml-auto flex items-center gap-2">
          <SearchSlot />
          <ThemeToggle />
          {withWallet ? <ConnectSlot /> : null}
        </div>
      </div>
    </header>
  );
}

/** A ring with a mark in it: open, and carrying a fingerprint. */
function Mark() {
  return (
    <svg
      aria-hidden
      viewBox="0 0 24 24"
      className="size-6 text-accent"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      strokeLinecap="round"
    >
      <path d="M12 2.8a9.2 9.2 0 1 0 9.2 9.2" />
      <path d="M12 7.2a4.8 4.8 0 1 0 4.8 4.8" />
      <path d="M12 11.6v.4" strokeWidth="3" />
    </svg>
  );
}
