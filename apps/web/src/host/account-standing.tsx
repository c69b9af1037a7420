import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import type { ShownAccount } from './shown-host.ts';

/** What a buyer must know of an account beside its figures: an exit on its way, and a suspension. */
export function AccountStanding({ account: { exit, suspendedAt, isClosed, isCovered } }: { account: ShownAccount }) {
  if (!exit && !suspendedAt && isCovered) return null;
  return (
    <Card className="flex flex-col gap-1 p-5 text-sm" data-testid="account-standing">
      {isClosed ? <p>Closed for good by the claim court: none of its licenses is active.</p> : null}
      {suspendedAt && !isClosed ? (
        <p>
          Suspended by the claim court <Ago at={suspendedAt} />, until its bond covers its licenses again.
        </p>
      ) : null}
      {isCovered ? null : <p>Its bond does not cover what its licenses reserve: clients pay it nothing.</p>}
      {exit ? (
        <p>
          <Amount value={exit.amount} /> are announced to leave: ripe <Ago at={exit.ripeAt} />, lapsed{' '}
          <Ago at={exit.lapsesAt} />. They cover nothing, and a slash takes them first.
        </p>
      ) : null}
    </Card>
  );
}
