'use client';
import { Amount } from '@oml/ui/amount';
import { Facts } from '@oml/ui/card';
import { Definition } from '@oml/ui/definition';
import { Note } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { ShieldCheck } from 'lucide-react';
import { HostLink, TxLink } from '#kit/links.tsx';
import { BookedState } from './booked-state.tsx';
import type { Answer } from './paid-call.ts';
import { Probabilities } from '#call/demo/probabilities.tsx';

/** The proof of an answer: its receipt, its payment, and whether the vault has booked it. */
export function AnswerProof({ answer }: { answer: Answer }) {
  const { signedReceipt, payment, account, probabilities } = answer;
  const { receipt, signature } = signedReceipt;
  return (
    <div className="flex flex-col gap-3">
      {probabilities ? <Probabilities values={probabilities} /> : null}
      <Note tone="evidence" role="status" data-testid="try-receipt">
        <p className="flex items-center gap-2 font-semibold">
          <ShieldCheck aria-hidden className="size-4 text-evidence" /> Receipt verified
        </p>
        <p className="mt-1 text-ink-soft">
          It names you, this question, this answer and this payment, and a bonded host signed it.
        </p>
      </Note>
      <Facts
        rows={[
          ['Paid', <Amount key="v" value={receipt.amount} />],
          [
            'Payment',
            payment.tx ? (
              <TxLink key="v" hash={payment.tx} data-testid="try-payment-tx" />
            ) : 'channel' in payment ? (
              'out of your session: the host collects many calls at once'
            ) : (
              'not reported by the host'
            ),
          ],
          [
            <Definition key="n" of="booked">
              Booked
            </Definition>,
            <BookedState key="v" receipt={receipt} {...('channel' in payment ? {} : { payment })} />,
          ],
          ['Host', <HostLink key="v" account={account} />],
          ['License', String(receipt.licenseId)],
          [
            'Answered',
            <time key="v" dateTime={new Date(Number(receipt.answeredAt) * 1000).toISOString()}>
              {new Date(Number(receipt.answeredAt) * 1000).toLocaleTimeString()}
            </time>,
          ],
        ]}
      />
      <details className="text-sm">
        <summary className="text-ink-soft hover:text-ink">All members of the receipt</summary>
        <Facts
          className="mt-2"
          rows={[
            ['Request nonce', <Hash key="v" value={receipt.requestNonce} />],
            ['Query hash', <Hash key="v" value={receipt.queryHash} />],
            ['Head', <Hash key="v" value={receipt.head} />],
            ['Response hash', <Hash key="v" value={receipt.responseHash} />],
            ['Payment ref', <Hash key="v" value={receipt.paymentRef} />],
            ['Signature', <Hash key="v" value={signature} />],
          ]}
        />
      </details>
    </div>
  );
}
