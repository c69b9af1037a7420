import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { BudgetPanel } from '#call/budget/budget-panel.tsx';
import { ChannelPanel } from '#call/channel-panel.tsx';
import { PaidCalls } from '#call/paid-calls.tsx';
import { Page } from '#kit/page.tsx';
import { History } from '#tracker/history.tsx';
import { Faucet } from '#wallet/faucet.tsx';

export const metadata: Metadata = { title: 'Use' };

export default function UsePage() {
  return (
    <Page title="Use" intro="Your wallet on this chain, what you paid for, and how money comes back.">
      <Section title="Balance">
        <Faucet />
      </Section>
      <Section
        title="Budget"
        note="What this browser may spend on calls. One that could cost more than is left is not sent."
      >
        <BudgetPanel />
      </Section>
      <Section
        title="Calls you paid for"
        note="A receipt, the payment and the vault’s ledger: together they prove a use, or that it was never booked."
      >
        <PaidCalls />
      </Section>
      <Section
        title="Channels"
        note="Money that was paid in for many calls, from whatever program. What is left comes back, also where the host is gone."
      >
        <ChannelPanel />
      </Section>
      <Section
        id="transactions"
        title="Your transactions"
        note="Everything that this wallet sent from this browser, whatever became of it."
      >
        <History />
      </Section>
    </Page>
  );
}
