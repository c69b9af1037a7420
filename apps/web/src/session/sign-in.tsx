'use client';
import { Button } from '@oml/ui/button';
import type { ReactNode } from 'react';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { useSession } from './use-session.ts';

/** What stands where a page is for who is signed in: why, and the button. */
export function SignIn({ children }: { children: ReactNode }) {
  const { signingIn } = useSession();
  return (
    <div className="flex flex-col items-start gap-3 text-sm">
      <p className="max-w-[64ch] text-ink-soft">{children}</p>
      <Button variant="primary" busy={signingIn.isPending} onClick={() => signingIn.mutate()} data-testid="sign-in">
        {signingIn.isPending ? 'In your wallet' : 'Sign in with your wallet'}
      </Button>
      {signingIn.error ? <Problem explanation={explainError(signingIn.error)} data-testid="sign-in-problem" /> : null}
    </div>
  );
}

/** Who is signed in, and the way out. */
export function SignedIn() {
  const { signingOut } = useSession();
  return (
    <p className="flex flex-wrap items-center gap-2 text-sm text-ink-soft" role="status">
      You are signed in on this browser for some hours.
      <Button size="sm" variant="quiet" onClick={() => signingOut.mutate()} data-testid="sign-out">
        Sign out
      </Button>
    </p>
  );
}
