import { dollars } from '@oml/ui/dollars';
import type { Meter } from './meters.ts';

/** How much of a session is spent, and for how many calls the rest is. */
export function SessionMeter({ meter, price }: { meter: Meter; price?: bigint }) {
  const { charged, left, channel, host } = meter;
  const share = channel.balance > 0n ? Number((charged * 1000n) / channel.balance) / 10 : 0;
  const calls = price ? `, about ${left / price} calls` : '';
  return (
    <div className="flex flex-col gap-1">
      <div
        role="meter"
        aria-label={`Spent of the session with ${host.model}`}
        aria-valuemin={0}
        aria-valuenow={share}
        aria-valuemax={100}
        className="h-2 overflow-hidden rounded-full border border-line bg-raised"
      >
        <div className="h-full bg-accent" style={{ width: `${share}%` }} />
      </div>
      <p className="text-xs text-ink-soft tabular-nums" data-testid="session-meter">
        {dollars(charged)} of {dollars(channel.balance)} spent, {dollars(left)} left{calls}
      </p>
    </div>
  );
}
