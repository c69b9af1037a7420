'use client';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { Button } from '@oml/ui/button';
import { Hash } from '@oml/ui/hash';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useWrite } from '#wallet/use-write.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import type { HostKeys } from './host-keys.ts';
import { KeyStep, KeysToKeep } from './key-step.tsx';
import type { LicenseState } from './license-state.ts';

/** The gateway's keys, and the signer's binding to the account. */
export function SignerStep({
  state,
  account,
  keys,
  onKeys,
}: {
  state: LicenseState;
  account: `0x${string}`;
  keys: HostKeys | undefined;
  onKeys: (keys: HostKeys) => void;
}) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { send, status, busy } = useWrite();
  const isBound = keys !== undefined && state.signers.includes(keys.signer);
  const bind = (given: HostKeys) =>
    send({
      address: licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'bindSigner',
      args: [given.signer, given.consent],
    }).catch(() => undefined);
  return (
    <div className="flex flex-col gap-3 text-sm">
      {state.signers.length > 0 ? (
        <p className="flex flex-wrap items-center gap-x-2 text-ink-soft">
          Bound:{' '}
          {state.signers.map((signer) => (
            <Hash key={signer} value={signer} label="signer" />
          ))}
        </p>
      ) : null}
      {state.license || keys?.environment ? null : <KeyStep account={account} onKeys={onKeys} />}
      {keys?.environment ? <KeysToKeep environment={keys.environment} /> : null}
      {keys && !isBound ? (
        <Button
          variant="primary"
          className="self-start"
          busy={busy}
          onClick={() => void bind(keys)}
          data-testid="license-bind"
        >
          Bind signer
        </Button>
      ) : null}
      <WriteStatus status={status} />
    </div>
  );
}
