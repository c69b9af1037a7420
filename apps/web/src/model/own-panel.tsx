'use client';
import { EmptyState } from '@oml/ui/empty-state';
import { Section } from '@oml/ui/card';
import type { Address } from '#kit/hex.ts';
import { useConnection, usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { licenseActions, readLicense } from '#actions/license-actions.ts';
import { modelActions, readModel } from '#actions/model-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import type { Holdings } from '#holdings/holdings.ts';
import { useHoldings } from '#holdings/use-holdings.ts';
import { TextLink } from '#kit/links.tsx';
import { NamePanel } from '#name/name-panel.tsx';
import { Deliveries } from '#publication/own/deliveries.tsx';
import { TitleBond } from '#model/title-bond.tsx';
import { VaultMoney } from '#vault/vault-money.tsx';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';

/** Everything that an owner earns and decides, model by model. */
export function OwnPanel() {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="Connect the wallet that owns your models" action={<ConnectButton />}>
        What they earn, who waits for your approval, and what you may change.
      </EmptyState>
    );
  return <Owned key={address} owner={address} />;
}

function Owned({ owner }: { owner: Address }) {
  const { holdings, error } = useHoldings(owner);
  if (!holdings)
    return <EmptyState title={error ? 'The index does not answer' : 'Asking the index'}>{error?.message}</EmptyState>;
  return (
    <>
      {holdings.models.length === 0 ? (
        <EmptyState title="This account owns no model">
          <TextLink href="/publish">Publish one</TextLink>, or connect the wallet that did.
        </EmptyState>
      ) : null}
      {holdings.models.map(({ modelId, name }) => (
        <OwnModel key={String(modelId)} modelId={modelId} name={name} holdings={holdings} />
      ))}
      <NamePanel holder={owner} names={holdings.names} />
    </>
  );
}

function OwnModel({ modelId, name, holdings }: { modelId: bigint; name: string | undefined; holdings: Holdings }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const key = String(modelId);
  const { facts: model } = useFacts(['model', key], (reader, on) => readModel(reader, on, modelId));
  const licensees = holdings.licensees.filter((each) => each.modelId === modelId);
  const actions = model && client ? modelActions(client, deployment, model) : undefined;
  return (
    <Section
      title={<TextLink href={`/models/${modelId}`}>{name ?? `Model ${modelId}`}</TextLink>}
      note="What it earned, and what only its owner decides."
    >
      <div className="flex flex-col gap-6">
        <div className="grid items-start gap-4 lg:grid-cols-2">
          {[...licensees, ...holdings.heirs].map((license) => (
            <VaultMoney key={String(license.licenseId)} license={license} />
          ))}
        </div>
        {licensees.length === 0 ? (
          <EmptyState title="Nobody has a license yet">Revenue lies in the vaults of its licenses.</EmptyState>
        ) : null}
        <Deliveries modelId={modelId} licensees={licensees} />
        {licensees.map(({ licenseId }) => (
          <Waiting key={String(licenseId)} licenseId={licenseId} />
        ))}
        <Part title="Offers" actions={actions?.offers} />
        <div>
          <h3 className="mb-2 text-sm font-semibold">Title bond</h3>
          <TitleBond modelId={modelId} />
        </div>
        <Part title="Revenue" actions={actions?.money} />
        <Part title="Keys and ownership" actions={actions?.keys} />
        <p className="text-sm">
          <TextLink href={`/publish?model=${modelId}`}>Make its next release</TextLink> in this browser, with a code
          book of its own; a publisher makes one by command.
        </p>
      </div>
    </Section>
  );
}

function Part({ title, actions }: { title: string; actions: Parameters<typeof ActionList>[0]['actions'] }) {
  return (
    <div>
      <h3 className="mb-2 text-sm font-semibold">{title}</h3>
      <ActionList actions={actions} empty="Nothing to do" />
    </div>
  );
}

/** A licensee that waits for the owner's word. */
function Waiting({ licenseId }: { licenseId: bigint }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['license', String(licenseId)], (reader, on) => readLicense(reader, on, licenseId));
  const actions = facts ? licenseActions(deployment, facts).filter(({ rows }) => rows.includes(16)) : [];
  return actions.length > 0 ? <ActionList actions={actions} empty="" /> : null;
}
