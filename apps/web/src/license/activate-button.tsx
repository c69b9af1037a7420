'use client';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { Button } from '@oml/ui/button';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useWrite } from '#wallet/use-write.ts';
import { WriteStatus } from '#wallet/write-status.tsx';

/**
 * Takes up the edition that was delivered last; the gateway's onboard command does the same once it has checked the
 * file.
 */
export function ActivateButton({ licenseId }: { licenseId: bigint }) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { send, status, busy } = useWrite();
  const activate = () =>
    send({ address: licenseRegistry, abi: licenseRegistryAbi, functionName: 'activate', args: [licenseId] }).catch(
      () => undefined,
    );
  return (
    <div className="flex flex-col gap-3 text-sm">
      <Button className="self-start" busy={busy} onClick={() => void activate()} data-testid="license-activate">
        Take up the edition
      </Button>
      <WriteStatus status={status} />
    </div>
  );
}
