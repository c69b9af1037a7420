'use client';
import { dollars, parseDollars } from '@oml/ui/dollars';
import { Button } from '@oml/ui/button';
import { Card, Facts } from '@oml/ui/card';
import { TextField } from '@oml/ui/field';
import { formatDollars } from '@oml/protocol/money';
import type { BudgetPeriod } from '@oml/sdk/budget/budget';
import { useState } from 'react';
import { useConnection } from 'wagmi';
import { limitsOf, removeBudget, setLimits, spentAndLeft } from './kept-budget.ts';
import type { Address } from '#kit/hex.ts';

/** What this browser may spend of the connected account: set, spent, left, removed. */
export function BudgetPanel() {
  const { address } = useConnection();
  if (!address) return <p className="text-sm text-ink-soft">Connect a wallet to give it a budget in this browser.</p>;
  return <Budget key={address} client={address} />;
}

const typed = (amount: bigint | undefined): string => (amount === undefined ? '' : formatDollars(amount));

function Budget({ client }: { client: Address }) {
  const [limits, setKept] = useState(() => limitsOf(client));
  const [day, setDay] = useState(typed(limits.perDay));
  const [month, setMonth] = useState(typed(limits.perMonth));
  const [date] = useState(() => new Date().toISOString().slice(0, 10));
  const { day: today, month: thisMonth } = spentAndLeft(client, date);
  const problemOf = (text: string) =>
    text.trim() === '' || parseDollars(text) !== undefined ? undefined : 'Write dollars, such as 2.50.';
  const isSet = limits.perDay !== undefined || limits.perMonth !== undefined;
  const save = () => {
    setLimits(client, { perDay: parseDollars(day), perMonth: parseDollars(month) });
    setKept(limitsOf(client));
  };
  const remove = () => {
    removeBudget(client);
    setKept({});
    setDay('');
    setMonth('');
  };
  return (
    <Card className="flex flex-col gap-4 p-5">
      {isSet ? (
        <Facts
          rows={[
            ...(today ? ([['Today (UTC)', <Left key="d" of={today} name="day" />]] as const) : []),
            ...(thisMonth ? ([['This month', <Left key="m" of={thisMonth} name="month" />]] as const) : []),
          ]}
        />
      ) : (
        <p className="text-sm text-ink-soft">
          No limit is set: your wallet is asked for each call or session, and nothing else stops it.
        </p>
      )}
      <form
        className="grid items-end gap-3 sm:grid-cols-[1fr_1fr_auto_auto]"
        onSubmit={(event) => (event.preventDefault(), save())}
      >
        <TextField
          label="Most in a day"
          unit="dollars"
          inputMode="decimal"
          value={day}
          problem={problemOf(day)}
          onChange={(event) => setDay(event.target.value)}
          data-testid="budget-day"
        />
        <TextField
          label="Most in a month"
          unit="dollars"
          inputMode="decimal"
          value={month}
          problem={problemOf(month)}
          onChange={(event) => setMonth(event.target.value)}
          data-testid="budget-month"
        />
        <Button
          type="submit"
          disabled={problemOf(day) !== undefined || problemOf(month) !== undefined || (day + month).trim() === ''}
          data-testid="budget-set"
        >
          {isSet ? 'Change' : 'Set'}
        </Button>
        <Button disabled={!isSet} onClick={remove} data-testid="budget-remove">
          Remove
        </Button>
      </form>
    </Card>
  );
}

function Left({ of: { limit, used, left }, name }: { of: BudgetPeriod; name: string }) {
  return (
    <span data-testid={`budget-left-${name}`}>
      {dollars(used)} of {dollars(limit)} spent, {dollars(left)} left
    </span>
  );
}
