'use client';
import { Button } from '@oml/ui/button';
import { CodeBlock } from '@oml/ui/code-block';
import { parseDollars } from '@oml/ui/dollars';
import { Note } from '@oml/ui/empty-state';
import { TextField } from '@oml/ui/field';
import { useState } from 'react';
import type { NewSubscription } from './use-notices.ts';

const isMail = (text: string): boolean => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text);
const isWebhook = (text: string): boolean => /^https?:\/\/\S+$/.test(text);

/** Reads what was typed: an address with an @ is mail, one with https:// a webhook. */
function readTarget(text: string): Pick<NewSubscription, 'channel' | 'target'> | undefined {
  const target = text.trim();
  if (isWebhook(target)) return { channel: 'webhook', target };
  return isMail(target) ? { channel: 'mail', target } : undefined;
}

/** Adds a place where the signed-in account is told. */
export function SubscriptionForm({
  isBusy,
  onAdd,
}: {
  isBusy: boolean;
  onAdd: (subscription: NewSubscription) => Promise<unknown>;
}) {
  const [text, setText] = useState('');
  const [limit, setLimit] = useState('');
  const target = readTarget(text);
  const budget = limit.trim() === '' ? undefined : parseDollars(limit);
  const isWrong = { target: text.trim() !== '' && !target, limit: limit.trim() !== '' && !budget };
  const add = async () => {
    if (!target || isWrong.limit) return;
    await onAdd({ ...target, ...(budget ? { budget: String(budget) } : {}) });
    setText('');
    setLimit('');
  };
  return (
    <form
      className="grid items-start gap-3 sm:grid-cols-[2fr_1fr_auto]"
      onSubmit={(event) => (event.preventDefault(), void add())}
    >
      <TextField
        label="Mail address or webhook"
        hint="A mail address is asked first whether it wants this."
        problem={isWrong.target ? 'Write a mail address, or an address with https://.' : undefined}
        value={text}
        autoComplete="email"
        onChange={(event) => setText(event.target.value)}
        data-testid="subscription-to"
      />
      <TextField
        label="Budget of a month (optional)"
        hint="You are told at 75 and at 100 percent."
        unit="dollars"
        inputMode="decimal"
        problem={isWrong.limit ? 'Write dollars, such as 2.50.' : undefined}
        value={limit}
        onChange={(event) => setLimit(event.target.value)}
        data-testid="subscription-budget"
      />
      <Button
        type="submit"
        variant="primary"
        className="sm:mt-6"
        busy={isBusy}
        disabled={!target || isWrong.limit}
        data-testid="subscription-add"
      >
        Tell me there
      </Button>
    </form>
  );
}

/** The secret of a webhook, which is shown once. */
export function WebhookSecret({ secret }: { secret: string }) {
  return (
    <Note tone="accent" role="status" data-testid="webhook-secret">
      <p className="mb-2">
        Its requests are signed with this secret, as Standard Webhooks says. Copy it now: it is not shown again.
      </p>
      <CodeBlock text={secret} label="secret of the webhook" />
    </Note>
  );
}
