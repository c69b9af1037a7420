'use client';
import { revenueVaultAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { dollars } from '@oml/ui/dollars';
import { Hash } from '@oml/ui/hash';
import { useReadContract } from 'wagmi';
import { useSpend } from '#wallet/use-spend.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import type { ContestedUse } from './shown-claim.ts';

/** What contested payments still lack, and the button by which anyone books it out of its own pocket. */
export function Shortfall({ uses }: { uses: readonly ContestedUse[] }) {
  return (
    <Card className="flex flex-col divide-y divide-line px-5 py-3 text-sm" data-testid="shortfall">
      {uses.map((use) => (
        <Lack key={`${use.paymentRef}-${use.client}`} use={use} />
      ))}
    </Card>
  );
}

function Lack({ use: { vault: address, paymentRef, client, cumulative } }: { use: ContestedUse }) {
  const vault = { address, abi: revenueVaultAbi } as const;
  const { spend, status, busy } = useSpend();
  const { data: booked } = useReadContract({
    ...vault,
    functionName: 'booked',
    args: [paymentRef, client],
    query: { refetchInterval: 4000 },
  });
  if (booked === undefined) return null;
  const lacks = cumulative > booked ? cumulative - booked : 0n;
  const pay = () =>
    spend(lacks, { ...vault, functionName: 'bookShortfall', args: [paymentRef, client, cumulative] }).catch(
      () => undefined,
    );
  return (
    <div className="flex flex-col gap-2 py-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="flex items-center gap-2 text-ink-soft">
          Payment <Hash value={paymentRef} label="payment" />
        </span>
        {lacks > 0n ? (
          <span className="flex items-center gap-3">
            <Amount value={lacks} tone="risk" />
            <Button size="sm" busy={busy} onClick={() => void pay()} data-testid="shortfall-pay">
              Book {dollars(lacks)}
            </Button>
          </span>
        ) : (
          <span className="text-money">booked</span>
        )}
      </div>
      <WriteStatus status={status} />
    </div>
  );
}
