import { cn } from '@oml/ui/class-names';
import { Hash } from '@oml/ui/hash';
import Link from 'next/link';
import type { Address, Hex } from './hex.ts';

const look = 'text-ink underline decoration-line-strong underline-offset-4 hover:decoration-accent hover:text-accent';

/** A transaction hash, linked to this site's own view of it: a dev chain has no explorer. */
export function TxLink({ hash, ...props }: { hash: Hex; className?: string; 'data-testid'?: string }) {
  return (
    <Hash
      value={hash}
      label="transaction"
      wrap={(short) => (
        <Link prefetch={false} href={`/tx/${hash}`} className={look}>
          {short}
        </Link>
      )}
      {...props}
    />
  );
}

/** A host account, linked to its page. */
export function HostLink({ account, ...props }: { account: Address; className?: string; 'data-testid'?: string }) {
  return (
    <Hash
      value={account}
      label="host account"
      wrap={(short) => (
        <Link prefetch={false} href={`/hosts/${account}`} className={look}>
          {short}
        </Link>
      )}
      {...props}
    />
  );
}

/** A link inside running text. */
export function TextLink({
  href,
  children,
  className,
  ...props
}: {
  href: string;
  children: React.ReactNode;
  className?: string;
  'data-testid'?: string;
}) {
  return (
    <Link prefetch={false} href={href} className={cn(look, className)} {...props}>
      {children}
    </Link>
  );
}
