import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { BudgetPanel, ChannelPanel, PaidCalls } from '#call/call-islands.ts';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { Page } from '#kit/page.tsx';
import { Faucet, History } from '#kit/wallet-islands.ts';

export const metadata: Metadata = { title: 'Use' };

export default function UsePage() {
  return (
    <Page title="Use" intro="Your wallet on this chain, what you paid for, and how money comes back.">
      <Section title="Balance">
        <Faucet fallback={<ConnectFirst title="No wallet connected">Connect one to see its balance.</ConnectFirst>} />
      </Section>
      <Section
        title="Budget"
        note="What this browser may spend on calls. One that could cost more than is left is not sent."
      >
        <BudgetPanel fallback={<Later>Connect a wallet to give it a budget in this browser.</Later>} />
      </Section>
      <Section
        title="Calls you paid for"
        note="A receipt, the payment and the vault’s ledger: together they prove a use, or that it was never booked."
      >
        <PaidCalls fallback={<Later>Connect the wallet that paid, to see its receipts.</Later>} />
      </Section>
      <Section
        title="Channels"
        note="Money that was paid in for many calls, from whatever program. What is left comes back, also where the host is gone."
      >
        <ChannelPanel fallback={<Later>Connect the wallet that paid into a channel.</Later>} />
      </Section>
      <Section
        id="transactions"
        title="Your transactions"
        note="Everything that this wallet sent from this browser, whatever became of it."
      >
        <History fallback={<Later>Connect the wallet that sent them.</Later>} />
      </Section>
    </Page>
  );
}

/** What stands in a part that follows the wallet above. */
function Later({ children }: { children: ReactNode }) {
  return <p className="text-sm text-ink-soft">{children}</p>;
}
