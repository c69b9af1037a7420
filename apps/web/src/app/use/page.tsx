import { Section } from '@oml/ui/card';
import type { Metadata } from 'next';
import type { ReactNode } from 'react';
import { BudgetPanel, ChannelPanel, PaidCalls, SessionList } from '#call/call-islands.ts';
import { ConnectFirst } from '#kit/connect-first.tsx';
import { NoticesLink } from '#kit/notices-link.tsx';
import { Page } from '#kit/page.tsx';
import { Faucet, History } from '#kit/wallet-islands.ts';

export const metadata: Metadata = { title: 'Use' };

export default function UsePage() {
  return (
    <Page
      title="Use"
      action={<NoticesLink />}
      intro="Your wallet on this chain, what you paid for, and how money comes back."
    >
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
        id="sessions"
        title="Sessions"
        note="Money that this browser may spend at one host without asking you again: what is spent, what is left, and how it comes back."
      >
        <SessionList fallback={<Later>Connect the wallet that opened a session in this browser.</Later>} />
      </Section>
      <Section
        title="Calls you paid for"
        note="A receipt, the payment and the vault’s ledger: together they prove a use, or that it was never booked."
      >
        <PaidCalls fallback={<Later>Connect the wallet that paid, to see its receipts.</Later>} />
      </Section>
      <Section
        title="Channels"
        note="Every channel that your wallet ever paid into, from whatever program or browser, as the chain has them: a session whose key is lost is found here. What is left comes back, also where the host is gone."
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
