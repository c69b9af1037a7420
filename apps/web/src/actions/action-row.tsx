'use client';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { TextAreaField, TextField } from '@oml/ui/field';
import { shortHex } from '@oml/ui/short-hex';
import { useState } from 'react';
import { isAddressEqual } from 'viem';
import type { Address } from '#kit/hex.ts';
import { useConnection } from 'wagmi';
import { WriteStatus } from '#wallet/write-status.tsx';
import type { Action, Field, Values, Who } from './action.ts';
import { useAction } from './use-action.ts';
import { useCost } from './use-cost.ts';

/** One action: what it does, its state, who may, what it costs before signing, and its button. */
export function ActionRow({ action }: { action: Action }) {
  const { id, effect, amount, who, fields = [] } = action;
  const { address } = useConnection();
  const [typed, setTyped] = useState<Values>({});
  const values = { ...initialOf(fields), ...typed };
  const isSound = fields.every((field) => field.problem(values[field.name] ?? '') === undefined);
  const doubt = isSound ? doubtOf(fields, values) : undefined;
  const [meant, setMeant] = useState<string>();
  const isReady = isSound && (doubt === undefined || doubt === meant);
  const may = mayAct(who, address);
  const steps = isReady ? action.steps(values) : undefined;
  const { run, status, busy } = useAction(action, steps);
  const cost = useCost(may && amount !== 0n ? steps : undefined);
  const press = () => run(values).then(() => setTyped({}));
  return (
    <form
      className="flex flex-col gap-2 py-3"
      aria-label={effect}
      data-testid={`row-${id}`}
      data-rows={action.rows.join(' ')}
      onSubmit={(event) => {
        event.preventDefault();
        if (may && isReady && !busy) void press().catch(() => undefined);
      }}
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 max-w-[60ch] flex-1 basis-64 text-sm">
          {effect} <Notes action={action} />
        </p>
        <span className="flex items-center gap-3">
          {amount === undefined ? null : (
            <Amount value={amount} tone={amount > 0n ? 'money' : 'plain'} data-testid={`${id}-sum`} />
          )}
          {fields.length === 0 ? <Press action={action} isOff={!may || amount === 0n} busy={busy} /> : null}
        </span>
      </div>
      {fields.length > 0 && may ? (
        <div className="flex flex-wrap items-end gap-3">
          {fields.map((field) => (
            <Input
              key={field.name}
              id={id}
              field={field}
              value={values[field.name] ?? ''}
              isTyped={field.name in typed}
              onChange={(text) => setTyped((before) => ({ ...before, [field.name]: text }))}
            />
          ))}
          <Press action={action} isOff={!isReady} busy={busy} />
          {doubt === undefined ? null : (
            <Doubt id={id} isMeant={doubt === meant} onMeant={(is) => setMeant(is ? doubt : undefined)}>
              {doubt}
            </Doubt>
          )}
        </div>
      ) : null}
      <Facts action={action} may={may} isConnected={address !== undefined} cost={cost} steps={steps} />
      <WriteStatus status={status} />
    </form>
  );
}

function Press({ action: { id, title }, isOff, busy }: { action: Action; isOff: boolean; busy: boolean }) {
  return (
    <Button type="submit" size="sm" busy={busy} disabled={isOff} data-testid={id}>
      {title}
    </Button>
  );
}

function Input({
  id,
  field,
  value,
  isTyped,
  onChange,
}: {
  id: string;
  field: Field;
  value: string;
  isTyped: boolean;
  onChange: (text: string) => void;
}) {
  const { name, label, hint, unit, isLong, problem } = field;
  const shown = isTyped && value !== '' ? problem(value) : undefined;
  const props = {
    label,
    value,
    ...(hint ? { hint } : {}),
    ...(shown ? { problem: shown } : {}),
    className: 'min-w-0 flex-1 basis-56',
    'data-testid': `${id}-${name}`,
  };
  return isLong ? (
    <TextAreaField rows={3} {...props} onChange={(event) => onChange(event.target.value)} />
  ) : (
    <TextField {...props} {...(unit ? { unit } : {})} onChange={(event) => onChange(event.target.value)} />
  );
}

/** What looks like a slip, and the word that it is none. */
function Doubt({
  id,
  isMeant,
  onMeant,
  children,
}: {
  id: string;
  isMeant: boolean;
  onMeant: (is: boolean) => void;
  children: string;
}) {
  return (
    <label className="flex w-full items-start gap-2 text-xs text-risk">
      <input
        type="checkbox"
        className="mt-0.5 accent-accent"
        checked={isMeant}
        onChange={({ target }) => onMeant(target.checked)}
        data-testid={`${id}-meant`}
      />
      <span>This looks like a slip: {children}. I mean it.</span>
    </label>
  );
}

/** Since when it waits, and from when and until when it can be done. */
function Notes({ action: { since, from, until } }: { action: Action }) {
  return (
    <span className="text-xs text-ink-soft">
      {since ? (
        <>
          since <Ago at={since} />{' '}
        </>
      ) : null}
      {from ? (
        <>
          possible <Ago at={from} />{' '}
        </>
      ) : null}
      {until ? (
        <>
          until <Ago at={until} />
        </>
      ) : null}
    </span>
  );
}

/** Who may, what comes next, and what it costs. */
function Facts({
  action: { who, next, amount },
  may,
  isConnected,
  cost,
  steps,
}: {
  action: Action;
  may: boolean;
  isConnected: boolean;
  cost: ReturnType<typeof useCost>;
  steps: ReturnType<Action['steps']> | undefined;
}) {
  const spends = steps?.reduce((sum, step) => sum + (step.spends ?? 0n), 0n) ?? 0n;
  const parts = [
    whoWords(who, may, isConnected),
    spends > 0n ? `Takes ${dollars(spends)} from your wallet.` : undefined,
    steps && steps.length > 1 ? `${steps.length} signatures.` : undefined,
    cost?.gas ? `Gas: ${cost.gas}.` : undefined,
    next ? `Then: ${next}` : undefined,
  ].filter((part) => part !== undefined);
  return (
    <p className="text-xs text-ink-soft">
      {parts.join(' ')}
      {cost?.refusal && amount !== 0n ? (
        <span className="block text-risk" data-testid="action-refusal">
          Not now: {cost.refusal.sentence} {cost.refusal.next ?? ''}
        </span>
      ) : null}
    </p>
  );
}

const doubtOf = (fields: readonly Field[], values: Values): string | undefined =>
  fields.map(({ name, doubt }) => doubt?.(values[name] ?? '')).find((each) => each !== undefined);

const initialOf = (fields: readonly Field[]): Values =>
  Object.fromEntries(fields.map(({ name, initial = '' }) => [name, initial]));

const mayAct = (who: Who, address: Address | undefined): boolean =>
  address !== undefined && (who === 'anyone' || who.accounts.some((account) => isAddressEqual(account, address)));

function whoWords(who: Who, may: boolean, isConnected: boolean): string {
  if (who === 'anyone') return isConnected ? 'Anyone may.' : 'Anyone may: connect a wallet.';
  const named = who.accounts.map((account) => shortHex(account)).join(' or ');
  return may ? `You may, as ${who.word}.` : `Only ${who.word} (${named}) may.`;
}
