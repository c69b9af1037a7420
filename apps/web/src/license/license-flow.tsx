'use client';
import { EmptyState } from '@oml/ui/empty-state';
import { useState } from 'react';
import { useConnection } from 'wagmi';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { AcceptStep } from './accept-step.tsx';
import { BondStep } from './bond-step.tsx';
import type { HostKeys } from './host-keys.ts';
import { useLicenseState } from './license-state.ts';
import { SignerStep } from './signer-step.tsx';
import { EditionState } from './edition-state.tsx';
import { Step } from '@oml/ui/step';
import type { ShownTerms } from '#model/shown-model.ts';
import type { Address } from '#kit/hex.ts';

export interface LicenseFlowProps {
  modelId: bigint;
  terms: ShownTerms;
  /** Base URL of the model's publisher, where known. */
  publisher?: string;
}

/** From no license to a delivered edition, in four steps; each shows what the chain says and can be taken up later. */
export function LicenseFlow(props: LicenseFlowProps) {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="Connect the wallet that will hold the bond" action={<ConnectButton />}>
        Its address becomes your host account.
      </EmptyState>
    );
  // A signer's consent names one account: another account starts anew.
  return <LicenseSteps key={address} address={address} {...props} />;
}

function LicenseSteps({ address, modelId, terms, publisher }: LicenseFlowProps & { address: Address }) {
  const { data: state } = useLicenseState(modelId, terms.bond);
  const [keys, setKeys] = useState<HostKeys>();
  if (!state) return <EmptyState title="Asking the contracts">Your bond, your signers and your licenses.</EmptyState>;
  const bound = keys ? state.signers.includes(keys.signer) : state.signers.length > 0;
  const accepted = state.license !== undefined;
  return (
    <ol className="flex flex-col gap-3">
      <Step number={1} title="Post the bond" done={state.missing === 0n}>
        <BondStep state={state} account={address} />
      </Step>
      <Step number={2} title="Bind a signer" done={bound || accepted}>
        <SignerStep state={state} account={address} keys={keys} onKeys={setKeys} />
      </Step>
      <Step number={3} title="Accept the terms" done={accepted}>
        <AcceptStep modelId={modelId} terms={terms} state={state} keys={keys} />
      </Step>
      <Step number={4} title="Get your edition" done={state.license?.state === 'active'}>
        <EditionState license={state.license} {...(publisher ? { publisher } : {})} />
      </Step>
    </ol>
  );
}
