'use client';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { dollars } from '@oml/ui/dollars';
import type { SubscriptionJson } from './subscription-json.ts';

const STATES = {
  asked: 'Waits for a yes: open the link in the mail that was sent there.',
  told: 'Is told.',
  stopped: 'Took nothing for long, so nothing is sent any more: remove it and add it anew.',
} as const;

/** Where the signed-in account is told, and the way out of each. */
export function SubscriptionList({
  subscriptions,
  isBusy,
  onRemove,
}: {
  subscriptions: readonly SubscriptionJson[];
  isBusy: boolean;
  onRemove: (id: string) => void;
}) {
  return (
    <Card>
      <ul aria-label="Where you are told" className="divide-y divide-line">
        {subscriptions.map(({ id, channel, target, budget, state }) => (
          <li key={id} className="flex flex-wrap items-center justify-between gap-3 px-5 py-3 text-sm">
            <div className="min-w-0">
              <p className="break-all font-mono" data-testid="subscription-target">
                {target}
              </p>
              <p className="text-xs text-ink-soft" data-testid="subscription-state">
                {channel === 'mail' ? 'Mail' : 'Webhook'}. {STATES[state]}
                {budget === undefined ? '' : ` Budget of a month: ${dollars(BigInt(budget))}.`}
              </p>
            </div>
            <Button
              size="sm"
              disabled={isBusy}
              onClick={() => onRemove(id)}
              aria-label={`Unsubscribe ${target}`}
              data-testid="subscription-remove"
            >
              Unsubscribe
            </Button>
          </li>
        ))}
      </ul>
    </Card>
  );
}
