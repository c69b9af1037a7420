import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card, Facts } from '@oml/ui/card';
import { AccountLink, HostLink, TextLink } from '#kit/links.tsx';
import type { ShownName } from './shown-name.ts';

/** Who holds a name, what it points to, and what backs it. */
export function NameFacts({ name }: { name: ShownName }) {
  return (
    <Card className="p-5" data-testid="name-facts">
      <Facts
        rows={[
          ['Holder', name.holder ? <HostLink key="v" account={name.holder} /> : 'nobody: it is free'],
          [
            'Points to',
            name.modelId > 0n ? (
              <TextLink key="v" href={`/models/${name.modelId}`}>
                Model {String(name.modelId)}
              </TextLink>
            ) : (
              'nothing'
            ),
          ],
          ['Deposit', <Amount key="v" value={name.deposit} />],
          ['Registered', <Ago key="v" at={name.registeredAt} />],
          ...(name.reserved
            ? ([['Reserved for', <AccountLink key="v" account={name.reserved.for} label="account" />]] as const)
            : []),
        ]}
      />
    </Card>
  );
}
