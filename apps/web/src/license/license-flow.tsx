'use client';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import type { TermsRow } from '@oml/db/rows';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { EmptyState } from '@oml/ui/empty-state';
import { TextField } from '@oml/ui/field';
import { Hash } from '@oml/ui/hash';
import { useState } from 'react';
import { bytesToHex } from 'viem';
import { useConnection } from 'wagmi';
import { ConnectButton } from '../wallet/connect-button.tsx';
import { usePublicConfig } from '../wallet/providers.tsx';
import { useSpend } from '../wallet/use-spend.ts';
import { WriteStatus } from '../wallet/write-status.tsx';
import type { HostKeys } from './host-keys.ts';
import { KeyStep } from './key-step.tsx';
import { EditionState } from './edition-state.tsx';
import { useLicenseState, type LicenseState } from './license-state.ts';
import { Step } from './step.tsx';

export interface LicenseFlowProps {
  modelId: bigint;
  terms: TermsRow;
  /** Base URL of the model's publisher, where known. */
  publisher?: string;
}

/** From no license to a delivered edition, in four steps; each shows what the chain says and can be taken up later. */
export function LicenseFlow({ modelId, terms, publisher }: LicenseFlowProps) {
  const { address } = useConnection();
  const { data: state } = useLicenseState(modelId);
  const [keys, setKeys] = useState<HostKeys>();
  if (!address) return <EmptyState title="Connect the wallet that will hold the bond" action={<ConnectButton />}>Its address becomes your host account.</EmptyState>;
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

function BondStep({ state, account }: { state: LicenseState; account: `0x${string}` }) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { spend, status, busy } = useSpend();
  const { bond, allocated } = state.account;
  const post = () => spend(state.missing, { address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'depositBond', args: [account, state.missing] }).catch(() => undefined);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="text-ink-soft">
        Your bond is <Amount value={bond} />, of which <Amount value={allocated} /> are reserved by licenses.{' '}
        {state.missing > 0n ? (
          <>
            This license needs <Amount value={state.missing} /> more. It stays yours, and slashable until {Number(state.values.exitDelay)} seconds after you ask for it back.
          </>
        ) : (
          'That is enough.'
        )}
      </p>
      {state.missing > 0n ? (
        <Button variant="primary" className="self-start" busy={busy} onClick={() => void post()} data-testid="license-bond">
          Post bond of {dollars(state.missing)}
        </Button>
      ) : null}
      <WriteStatus status={status} />
    </div>
  );
}

function SignerStep({ state, account, keys, onKeys }: { state: LicenseState; account: `0x${string}`; keys: HostKeys | undefined; onKeys: (keys: HostKeys) => void }) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { send, status, busy } = useSpend();
  const isBound = keys !== undefined && state.signers.includes(keys.signer);
  const bind = (given: HostKeys) => send({ address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'bindSigner', args: [given.signer, given.consent] }).catch(() => undefined);
  return (
    <div className="flex flex-col gap-3 text-sm">
      {state.signers.length > 0 ? (
        <p className="flex flex-wrap items-center gap-x-2 text-ink-soft">
          Bound: {state.signers.map((signer) => <Hash key={signer} value={signer} label="signer" />)}
        </p>
      ) : null}
      {state.license ? null : <KeyStep account={account} onKeys={onKeys} />}
      {keys && !isBound ? (
        <Button variant="primary" className="self-start" busy={busy} onClick={() => void bind(keys)} data-testid="license-bind">
          Bind signer
        </Button>
      ) : null}
      <WriteStatus status={status} />
    </div>
  );
}

function AcceptStep({ modelId, terms, state, keys }: { modelId: bigint; terms: TermsRow; state: LicenseState; keys: HostKeys | undefined }) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { send, status, busy } = useSpend();
  const [endpoint, setEndpoint] = useState('');
  const isAddress = /^https?:\/\/\S+$/.test(endpoint.trim());
  if (state.license) return <p className="text-sm text-ink-soft">License {String(state.license.licenseId)} reserves <Amount value={state.license.reserved} /> of your bond.</p>;
  const accept = async (given: HostKeys) => {
    const hostSalt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
    const params = { modelId, maxBond: terms.minBond, maxFloorPrice: terms.floorPrice, endpoint: endpoint.trim().replace(/\/+$/, ''), encryptionKey: given.encryptionKey, hostSalt };
    await send({ address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'accept', args: [params] });
  };
  return (
    <div className="flex flex-col gap-3 text-sm">
      <TextField label="Public address of your gateway" placeholder="https://host.example" value={endpoint} onChange={(event) => setEndpoint(event.target.value)} problem={endpoint && !isAddress ? 'A web address, with http:// or https://.' : undefined} hint="Buyers’ browsers reach it; you can change it later." data-testid="license-endpoint" />
      <p className="text-ink-soft">
        You accept a reserved bond of at most <Amount value={terms.minBond} /> and a floor price of at most <Amount value={terms.floorPrice} />. If the terms are dearer by then, the
        contract refuses.
      </p>
      <Button
        variant="primary"
        className="self-start"
        busy={busy}
        disabled={!isAddress || !keys || state.missing > 0n}
        onClick={() => keys && void accept(keys).catch(() => undefined)}
        data-testid="license-accept"
      >
        Accept terms
      </Button>
      {!keys ? <p className="text-xs text-ink-soft">First give the keys of your gateway, in step 2.</p> : null}
      <WriteStatus status={status} />
    </div>
  );
}
