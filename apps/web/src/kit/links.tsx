import { cn } from '@oml/ui/class-names';
import { Hash } from '@oml/ui/hash';
import Link from 'next/link';
import type { Address, Hex } from './hex.ts';

/** How a link looks inside running text. */
export const LINK_LOOK =
  'text-ink underline decoration-line-strong underline-offset-4 hover:decoration-accent hover:text-accent';

/** A transaction hash, linked to this site's own view of it: a dev chain has no explorer. */
export function TxLink({ hash, ...props }: { hash: Hex; className?: string; 'data-testid'?: string }) {
  return (
    <Hash
      value={hash}
      label="transaction"
      wrap={(short) => (
        <Link prefetch={false} href={`/tx/${hash}`} className={LINK_LOOK}>
          {short}
        </Link>
      )}
      {...props}
    />
  );
}

interface AccountProps {
  account: Address;
  /** What it is here, for screen readers: "owner", "claimant". */
  label?: string;
  className?: string;
  'data-testid'?: string;
}

/** An account, linked to its profile. */
export function AccountLink({ account, label = 'account', ...props }: AccountProps) {
  return (
    <Hash
      value={account}
      label={label}
      wrap={(short) => (
        <Link prefetch={false} href={`/@${account}`} className={LINK_LOOK}>
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
    <Link prefetch={false} href={href} className={cn(LINK_LOOK, className)} {...props}>
      {children}
    </Link>
  );
}

/** A host account, linked to its profile. */
export const HostLink = (props: Omit<AccountProps, 'label'>) => <AccountLink label="host account" {...props} />;
