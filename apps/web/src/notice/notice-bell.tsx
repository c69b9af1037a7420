'use client';
import { Bell } from 'lucide-react';
import Link from 'next/link';
import type { Address } from '#kit/hex.ts';
import { useNotices } from './use-notices.ts';

/** The way to the notices, with how many ask for something now. */
export function NoticeBell({ account }: { account: Address }) {
  const { data } = useNotices(account);
  const count = data?.filter(({ isOpen }) => isOpen).length ?? 0;
  return (
    <Link
      href="/notices"
      prefetch={false}
      aria-label={count === 0 ? 'Notices' : `Notices: ${count} ask for something`}
      className="relative flex size-8 items-center justify-center rounded-md text-ink-soft hover:bg-raised hover:text-ink"
      data-testid="notice-bell"
    >
      <Bell aria-hidden className="size-4" />
      {count > 0 ? (
        <span
          aria-hidden
          className="absolute -right-1 -top-0.5 min-w-4 rounded-full bg-risk-soft px-1 text-center text-xs font-semibold text-risk"
        >
          {count > 99 ? '99+' : count}
        </span>
      ) : null}
    </Link>
  );
}
