import { dollars } from '@oml/ui/dollars';
import { TextField } from '@oml/ui/field';
import type { ReactNode } from 'react';
import { SessionMeter } from './session-meter.tsx';
import type { SessionChoice, Way } from './use-session-choice.ts';

/** Each call by its own signature, or many by one: what that asks, and what is left. */
export function SessionFields({ choice, price }: { choice: SessionChoice; price: bigint }) {
  const { way, meter, budgetText, problem } = choice;
  const isPaid = way === 'session' && choice.call?.signs === false;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="mb-1 text-sm font-semibold">Signatures</legend>
      <div className="flex flex-wrap gap-x-6 gap-y-2">
        <Choose way="call" choice={choice}>
          One for this call
        </Choose>
        <Choose way="session" choice={choice}>
          One for a session of many calls
        </Choose>
      </div>
      {way === 'session' && meter && meter.channel.balance > 0n ? <SessionMeter meter={meter} price={price} /> : null}
      {way === 'session' && !isPaid ? (
        <TextField
          label={meter && meter.channel.balance > 0n ? 'Add to its budget' : 'Budget of the session'}
          unit="dollars"
          inputMode="decimal"
          value={budgetText}
          onChange={(event) => choice.setBudgetText(event.target.value)}
          problem={problem}
          hint={
            choice.call
              ? `About ${choice.call.budget / price} calls. More than you put in can’t be spent; what is left comes back at once, under “Use”.`
              : undefined
          }
          data-testid="session-budget"
        />
      ) : null}
    </fieldset>
  );
}

function Choose({ way, choice, children }: { way: Way; choice: SessionChoice; children: ReactNode }) {
  return (
    <label className="flex min-h-6 cursor-pointer items-center gap-2">
      <input
        type="radio"
        name="way"
        value={way}
        checked={choice.way === way}
        onChange={() => choice.choose(way)}
        className="size-4 accent-(--color-accent)"
        data-testid={`pay-by-${way}`}
      />
      {children}
    </label>
  );
}

/** What the wallet is about to be asked, in words. */
export function walletWords(choice: SessionChoice, vault: string, licenseId: bigint): string | undefined {
  if (choice.way === 'call') return undefined;
  if (choice.call?.signs === false)
    return 'Your wallet is not asked: the session’s key in this browser signs for this call alone, out of what you put in.';
  const amount = choice.call ? dollars(choice.call.budget) : 'the budget';
  return `Your wallet will ask for one signature: a deposit of ${amount} into a channel with the vault ${vault} of license ${licenseId}. It stays yours until a receipt uses it; a key in this browser signs for each call.`;
}
