import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import type { ShownTitleBond } from './shown-model.ts';

/** What stands behind a model's title, as the index has it. */
export function TitleBondFacts({ title }: { title: ShownTitleBond | undefined }) {
  const { bond = 0n, reserved = 0n, exit } = title ?? {};
  return (
    <Card className="p-5 text-sm" data-testid="title-bond">
      <p>
        <Amount value={bond} />, of which licenses reserve <Amount value={reserved} />.
        {exit ? (
          <>
            {' '}
            <Amount value={exit.amount} /> are announced to leave, ripe <Ago at={exit.ripeAt} />.
          </>
        ) : null}
      </p>
      <p className="mt-2 text-ink-soft">Connect a wallet to add to it.</p>
    </Card>
  );
}
