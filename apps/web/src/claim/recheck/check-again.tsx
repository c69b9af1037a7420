'use client';
import { useMutation } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { Check as CheckIcon, X } from 'lucide-react';
import dynamic from 'next/dynamic';
import { usePublicClient } from 'wagmi';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { Check, Recheck } from './check.ts';
import { recheckDisguised } from './recheck-disguised.ts';
import { recheckRefused } from './recheck-refused.ts';
import { recheckUnpaid } from './recheck-unpaid.ts';
import type { ShownClaim, ShownRefusal } from '#claim/shown-claim.ts';

const WalkChart = dynamic(() => import('./walk-chart.tsx').then((module) => module.WalkChart), { ssr: false });

/** Checks the evidence of a claim again, in this browser, against the chain and nobody's word. */
export function CheckAgain({ claim, refused }: { claim?: ShownClaim; refused?: ShownRefusal }) {
  const publicClient = usePublicClient();
  const { deployment } = usePublicConfig();
  const check = useMutation({
    mutationFn: async (): Promise<Recheck> => {
      if (!publicClient) throw new Error('The chain does not answer.');
      if (refused) return recheckRefused(publicClient, refused);
      const chain = { publicClient, deployment };
      return claim!.offence === 'disguised-use' ? recheckDisguised(chain, claim!) : recheckUnpaid(chain, claim!);
    },
  });
  return (
    <Card className="flex flex-col gap-4 p-5">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="max-w-[60ch] text-sm text-ink-soft">
          Your browser fetches the transactions, recovers the signatures and asks the contracts. This site’s database is
          not asked.
        </p>
        <Button onClick={() => check.mutate()} busy={check.isPending} data-testid="check-again">
          {check.isPending ? 'Checking' : 'Check again'}
        </Button>
      </div>
      {check.error ? <Problem explanation={explainError(check.error)} /> : null}
      {check.data ? <Checks checks={check.data.checks} /> : null}
      {check.data?.walk ? <WalkChart walk={check.data.walk} needed={check.data.needed ?? 0} /> : null}
    </Card>
  );
}

function Checks({ checks }: { checks: readonly Check[] }) {
  return (
    <ul role="status" data-testid="check-results" className="flex flex-col gap-1.5 text-sm">
      {checks.map(({ name, ok, detail }) => (
        <li key={name} className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2 sm:grid-cols-[1rem_9rem_minmax(0,1fr)]">
          {ok ? (
            <CheckIcon aria-label="holds" className="mt-0.5 size-4 text-evidence" />
          ) : (
            <X aria-label="fails" className="mt-0.5 size-4 text-risk" />
          )}
          <span className="font-semibold">{name}</span>
          <span className="col-start-2 text-ink-soft sm:col-start-3">{detail}</span>
        </li>
      ))}
    </ul>
  );
}
