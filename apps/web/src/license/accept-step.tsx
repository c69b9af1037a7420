'use client';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { isDev } from '@oml/protocol/chain/deployment';
import { urlFault } from '@oml/protocol/wire/public-url';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { TextField } from '@oml/ui/field';
import { useState } from 'react';
import { bytesToHex, UserRejectedRequestError, type PublicClient } from 'viem';
import { usePublicClient } from 'wagmi';
import { isOmlError } from '@oml/protocol/error';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useSign } from '#wallet/use-sign.ts';
import { useSpend } from '#wallet/use-spend.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import { acceptWithPermit } from './accept-with-permit.ts';
import type { HostKeys } from './host-keys.ts';
import type { LicenseState } from './license-state.ts';
import type { ShownTerms } from '#model/shown-model.ts';

/** Where the gateway answers, and the acceptance with its guards. */
export function AcceptStep({
  modelId,
  terms,
  state,
  keys,
}: {
  modelId: bigint;
  terms: ShownTerms;
  state: LicenseState;
  keys: HostKeys | undefined;
}) {
  const config = usePublicConfig();
  const { licenseRegistry } = config.deployment.contracts;
  const client = usePublicClient();
  const sign = useSign();
  const { send, spend, status, busy } = useSpend();
  const [endpoint, setEndpoint] = useState('');
  const fault = urlFault(endpoint.trim(), { allowPrivate: isDev(config.deployment) });
  if (state.license)
    return (
      <p className="text-sm text-ink-soft">License {String(state.license.licenseId)} reserves a part of your bond.</p>
    );
  const value = state.missing + terms.leakBond;
  const accept = async (given: HostKeys) => {
    const hostSalt = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
    const params = {
      modelId,
      termsId: terms.termsId,
      deposit: state.missing,
      endpoint: endpoint.trim().replace(/\/+$/, ''),
      encryptionKey: given.encryptionKey,
      hostSalt,
    };
    const plain = {
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'accept',
      args: [params],
    } as const;
    if (value === 0n) return send(plain);
    const permitted = await acceptWithPermit(client as PublicClient, sign, config.deployment, {
      account: state.address,
      params,
      value,
    }).catch((error: unknown) => {
      // Accounts of contracts, and tokens without EIP-2612, pay by an allowance of its own.
      if (isRefusal(error)) throw error;
      return undefined;
    });
    return permitted ? send(permitted) : spend(value, plain);
  };
  return (
    <div className="flex flex-col gap-3 text-sm">
      <TextField
        label="Public address of your gateway"
        placeholder="https://host.example"
        value={endpoint}
        onChange={(event) => setEndpoint(event.target.value)}
        problem={endpoint && fault ? `Nobody would ask there: ${fault}.` : undefined}
        hint="Buyers’ browsers reach it; you change it on the page Host."
        data-testid="license-endpoint"
      />
      <p className="text-ink-soft">
        You accept terms {terms.termsId}: <Amount value={terms.bond} /> of your bond reserved,{' '}
        {terms.leakBond > 0n ? (
          <>
            a leak bond of <Amount value={terms.leakBond} /> posted for this license alone,{' '}
          </>
        ) : null}
        and a floor price of <Amount value={terms.price} />. They stay yours whatever the owner offers later; if it
        offers others by then, the contract refuses.
      </p>
      <Button
        variant="primary"
        className="self-start"
        busy={busy}
        disabled={fault !== undefined || !keys}
        onClick={() => keys && void accept(keys).catch(() => undefined)}
        data-testid="license-accept"
      >
        {state.missing > 0n ? `Post ${dollars(state.missing)} and accept` : 'Accept terms'}
      </Button>
      {value > 0n ? (
        <p className="text-xs text-ink-soft">
          Your wallet asks twice: a signature that allows exactly {dollars(value)}, and one transaction.
        </p>
      ) : null}
      {!keys ? <p className="text-xs text-ink-soft">First give the keys of your gateway, in step 2.</p> : null}
      <WriteStatus status={status} />
    </div>
  );
}

/** Did the person say no, or stands the wallet elsewhere? */
const isRefusal = (error: unknown): boolean =>
  isOmlError(error) ||
  error instanceof UserRejectedRequestError ||
  (error as { cause?: unknown }).cause instanceof UserRejectedRequestError;
