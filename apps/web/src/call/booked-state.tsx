'use client';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { bookExactCall, isBooked } from '@oml/sdk/booking';
import type { ExactPayment } from '@oml/sdk/exact-payment';
import { useQuery } from '@tanstack/react-query';
import { Button } from '@oml/ui/button';
import { Badge } from '@oml/ui/state-badge';
import { usePublicClient } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useWrite } from '#wallet/use-write.ts';
import { WriteStatus } from '#wallet/write-status.tsx';

/** Is a use booked in its vault yet, the only meaning of "paid"? Asked of the contract until it is. */
export function useBooked(receipt: Receipt) {
  const publicClient = usePublicClient();
  const { deployment } = usePublicConfig();
  return useQuery({
    queryKey: ['booked', receipt.paymentRef, String(receipt.licenseId), String(receipt.cumulative)],
    queryFn: () => isBooked({ publicClient: publicClient!, deployment }, receipt),
    enabled: publicClient !== undefined,
    refetchInterval: ({ state }) => (state.data ? false : 2000),
  });
}

/** Booked, or not yet: then anyone may book it, the buyer too. */
export function BookedState({ receipt, payment }: { receipt: Receipt; payment?: ExactPayment }) {
  const { data } = useBooked(receipt);
  const { send, status, busy } = useWrite();
  if (data)
    return (
      <Badge tone="money" data-testid="try-booked">
        Booked in the vault
      </Badge>
    );
  return (
    <span className="flex flex-col items-start gap-2">
      <span className="flex flex-wrap items-center gap-2">
        <Badge tone="risk" data-testid="try-booked">
          {data === undefined ? 'Asking the vault' : 'Not booked yet'}
        </Badge>
        {payment ? (
          <Button
            size="sm"
            variant="quiet"
            busy={busy}
            onClick={() => void send(bookExactCall(payment)).catch(() => undefined)}
          >
            Book it yourself
          </Button>
        ) : null}
      </span>
      {status.state === 'idle' ? null : <WriteStatus status={status} />}
    </span>
  );
}
