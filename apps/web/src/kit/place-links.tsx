'use client';
import Link from 'next/link';
import { usePathname } from 'next/navigation';

const PLACES = [
  ['/models', 'Models'],
  ['/publish', 'Publish'],
  ['/own', 'Own'],
  ['/host', 'Host'],
  ['/verify', 'Verify'],
  ['/claims', 'Claims'],
  ['/reports', 'Reports'],
  ['/use', 'Use'],
  ['/docs', 'Docs'],
] as const;

/** The places of the site; the one where the visitor is stands out. */
export function PlaceLinks() {
  const path = usePathname();
  return PLACES.map(([href, name]) => {
    const isHere = path === href || path.startsWith(`${href}/`);
    return (
      <Link
        prefetch={false}
        key={href}
        href={href}
        aria-current={isHere ? 'page' : undefined}
        className={`rounded-md px-2.5 py-1.5 text-sm hover:bg-raised hover:text-ink ${isHere ? 'bg-raised font-semibold text-ink' : 'text-ink-soft'}`}
      >
        {name}
      </Link>
    );
  });
}
