'use client';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { ActionList } from '#actions/action-list.tsx';
import { readTitle, titleActions } from '#actions/title-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What stands behind a model's title, asked of the chain now: anyone adds to it, its owner takes out what is free. */
export function TitleBond({ modelId }: { modelId: bigint }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['title', String(modelId)], (reader, on) => readTitle(reader, on, modelId));
  if (!facts) return null;
  const { bond, reserved, exit } = facts;
  return (
    <div data-testid="title-bond">
      <ActionList actions={titleActions(deployment, facts)} empty="">
        <p className="py-3 text-sm">
          <Amount value={bond} />, of which licenses reserve <Amount value={reserved} />.
          {exit.amount > 0n ? (
            <>
              {' '}
              <Amount value={exit.amount} /> are announced to leave, ripe <Ago at={new Date(exit.ripeAt * 1000)} />.
            </>
          ) : null}
        </p>
      </ActionList>
    </div>
  );
}
