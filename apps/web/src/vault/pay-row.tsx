'use client';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import type { ReactNode } from 'react';
import type { Abi, ContractFunctionName } from 'viem';
import { useWrite, type Call, type Writing } from '../wallet/use-write.ts';
import { WriteStatus } from '../wallet/write-status.tsx';

/** One sum in a vault, and the button by which anyone sends it on; without a sum there is nothing to press. */
export function PayRow<const abi extends Abi, name extends ContractFunctionName<abi, Writing>>({
  name,
  amount,
  label,
  call,
  testId,
}: {
  name: ReactNode;
  amount: bigint;
  label: string;
  call: Call<abi, name>;
  testId: string;
}) {
  const { send, status, busy } = useWrite();
  return (
    <div className="flex flex-col gap-2 py-2">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <span className="text-ink-soft">{name}</span>
        <span className="flex items-center gap-3">
          <Amount value={amount} tone={amount > 0n ? 'money' : 'plain'} data-testid={`${testId}-sum`} />
          <Button
            size="sm"
            busy={busy}
            disabled={amount === 0n}
            onClick={() => void send(call).catch(() => undefined)}
            data-testid={testId}
          >
            {label}
          </Button>
        </span>
      </div>
      <WriteStatus status={status} />
    </div>
  );
}
