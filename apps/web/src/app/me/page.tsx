import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import { BudgetPanel } from '#call/budget/budget-panel.tsx';
import { Faucet } from '#wallet/faucet.tsx';
import { PaidCalls } from '#call/paid-calls.tsx';
import { Page } from '#kit/page.tsx';

export const metadata: Metadata = { title: 'You' };

export default function MePage() {
  return (
    <Page title="You" intro="Your wallet on this chain, and the receipts that this browser keeps for you.">
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
    </Page>
  );
}
