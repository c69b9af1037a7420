'use client';
import { licenseRegistryAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { dollars } from '@oml/ui/dollars';
import { duration } from '@oml/ui/relative-time';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useSpend } from '#wallet/use-spend.ts';
import { dataOf } from '#wallet/use-write.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import type { LicenseState } from './license-state.ts';

/** What the bond still lacks, and the button that posts it. */
export function BondStep({ state, account }: { state: LicenseState; account: `0x${string}` }) {
  const { licenseRegistry } = usePublicConfig().deployment.contracts;
  const { bond, allocated } = state.account;
  const deposit = {
    address: licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'depositBond',
    args: [account, state.missing],
  } as const;
  // What an earlier visit sent is on its way: nobody posts a bond twice.
  const { spend, status, busy } = useSpend({ address: licenseRegistry, data: dataOf(deposit) });
  const post = () => spend(state.missing, deposit).catch(() => undefined);
  return (
    <div className="flex flex-col gap-3 text-sm">
      <p className="text-ink-soft">
        Your bond is <Amount value={bond} />, of which <Amount value={allocated} /> are reserved by licenses.{' '}
        {state.missing > 0n ? (
          <>
            This license needs <Amount value={state.missing} /> more. It stays yours, and slashable until{' '}
            {duration(state.exitDelay)} after you announce its exit. Post it now, or in one go with the acceptance
            below.
          </>
        ) : (
          'That is enough.'
        )}
      </p>
      {state.missing > 0n ? (
        <Button
          variant="primary"
          className="self-start"
          busy={busy}
          onClick={() => void post()}
          data-testid="license-bond"
        >
          Post bond of {dollars(state.missing)}
        </Button>
      ) : null}
      <WriteStatus status={status} />
    </div>
  );
}
