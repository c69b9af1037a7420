import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Figure, Figures, Section } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { TextLink } from '#kit/links.tsx';
import type { ShownName } from '#name/shown-name.ts';
import type { ShownStake } from './shown-profile.ts';

/** Names that the account holds, and where they lead. */
export function NamesPart({ names }: { names: readonly ShownName[] }) {
  return (
    <Section title="Names">
      <Card className="divide-y divide-line">
        {names.map(({ text, modelId, deposit, registeredAt }) => (
          <p key={text} className="flex flex-wrap items-center justify-between gap-x-4 px-4 py-2.5 text-sm">
            <TextLink href={`/names/${text}`}>{text}</TextLink>
            <span className="text-xs text-ink-soft">
              {modelId > 0n ? (
                <TextLink href={`/models/${modelId}`}>Model {String(modelId)}</TextLink>
              ) : (
                'points nowhere'
              )}
              {', '}
              <Amount value={deposit} /> of deposit, registered <Ago at={registeredAt} />
            </span>
          </p>
        ))}
      </Card>
    </Section>
  );
}

/** What a verifier staked, and what came of its work. */
export function StakePart({ stake: row }: { stake: ShownStake }) {
  return (
    <Section
      title="As a verifier"
      note={
        row.leavableAt ? (
          <>
            Its stake is asked back: it may leave <Ago at={row.leavableAt} />.
          </>
        ) : undefined
      }
    >
      <Figures>
        <Figure name={<Definition of="stake">Stake</Definition>} value={<Amount value={row.stake} />} />
        <Figure name="Tickets" value={row.tickets} />
        <Figure name={<Definition of="batch">Batches</Definition>} value={row.batchCount} />
        <Figure name="Opened" value={row.openedCount} />
        <Figure name="Forfeited" value={row.forfeitedCount} />
        <Figure name="Claims won" value={row.claimsWon} />
        <Figure name="Claims lost" value={row.claimsLost} />
        <Figure name="Received" value={<Amount value={row.rewards} tone={row.rewards > 0n ? 'money' : 'plain'} />} />
      </Figures>
    </Section>
  );
}
