'use client';
import { Section } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { useConnection } from 'wagmi';
import type { Address } from '#kit/hex.ts';
import { SignedIn, SignIn } from '#session/sign-in.tsx';
import { useSession } from '#session/use-session.ts';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { NoticeList } from './notice-list.tsx';
import { SubscriptionForm, WebhookSecret } from './subscription-form.tsx';
import { SubscriptionList } from './subscription-list.tsx';
import { useNotices, useSubscriptions } from './use-notices.ts';

/** What the connected account should hear of, and where it wants to be told. */
export function NoticesPanel() {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="Connect the wallet that the notices are about" action={<ConnectButton />}>
        Claims against it, bonds, releases, payouts and what may be withdrawn.
      </EmptyState>
    );
  return (
    <>
      <Notices key={address} account={address} />
      <Section
        title="Be told elsewhere"
        note="By mail or by a signed request to an address of yours. It is kept as long as you want to be told, in no log, and shown to nobody else; when you unsubscribe it is deleted."
      >
        <Subscribing key={address} account={address} />
      </Section>
    </>
  );
}

function Notices({ account }: { account: Address }) {
  const { data: notices, error } = useNotices(account);
  const open = notices?.filter(({ isOpen }) => isOpen) ?? [];
  const past = notices?.filter(({ isOpen }) => !isOpen) ?? [];
  if (error) return <Problem explanation={explainError(error)} data-testid="notices-problem" />;
  return (
    <>
      <Section title="What asks for something now">
        {open.length > 0 ? (
          <NoticeList notices={open} label="What asks for something now" />
        ) : (
          <EmptyState title={notices ? 'Nothing' : 'Asking the index'} data-testid="notices-none" />
        )}
      </Section>
      {past.length > 0 ? (
        <Section title="The last thirty days">
          <NoticeList notices={past} label="The last thirty days" />
        </Section>
      ) : null}
    </>
  );
}

function Subscribing({ account }: { account: Address }) {
  const { session, isKnown } = useSession();
  if (session) return <Subscriptions account={account} />;
  return isKnown ? (
    <SignIn>Your wallet signs a message that names this site and this chain. It moves no money.</SignIn>
  ) : null;
}

function Subscriptions({ account }: { account: Address }) {
  const { list, adding, removing } = useSubscriptions(account);
  const problem = adding.error ?? removing.error ?? list.error;
  return (
    <div className="flex flex-col gap-4">
      {list.data && list.data.length > 0 ? (
        <SubscriptionList
          subscriptions={list.data}
          isBusy={removing.isPending}
          onRemove={(id) => removing.mutate(id)}
        />
      ) : null}
      {adding.data?.secret ? <WebhookSecret secret={adding.data.secret} /> : null}
      <SubscriptionForm isBusy={adding.isPending} onAdd={adding.mutateAsync} />
      {problem ? <Problem explanation={explainError(problem)} data-testid="subscription-problem" /> : null}
      <SignedIn />
    </div>
  );
}
