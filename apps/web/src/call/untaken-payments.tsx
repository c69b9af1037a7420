'use client';
import { useState } from 'react';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { paymentActions, readPayment, type SignedPayment } from '#actions/payment-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import type { Shelf } from '#tracker/shelf.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useSign } from '#wallet/use-sign.ts';
import { keptPayments } from './kept-payments.ts';

/** Payments that were signed here and that nobody has taken yet: a call that failed leaves one. */
export function UntakenPayments({ shelf }: { shelf: Shelf }) {
  const [payments] = useState(() => keptPayments(shelf, new Date()));
  return payments.map((payment) => <Untaken key={payment.authorization.nonce} payment={payment} />);
}

function Untaken({ payment }: { payment: SignedPayment }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const sign = useSign();
  const { facts } = useFacts(['payment', payment.authorization.nonce], (reader, on) =>
    readPayment(reader, on, payment),
  );
  if (!client || !facts || facts.isUsed) return null;
  return <ActionList actions={paymentActions(client, sign, deployment, payment)} empty="" />;
}
