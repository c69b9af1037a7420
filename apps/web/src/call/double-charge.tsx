'use client';
import type { PublicClient } from 'viem';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { equivocationActions, readEquivocation, type Pair } from '#actions/equivocation-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import type { Address } from '#kit/hex.ts';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What a buyer can do about two receipts of its own that charge the same money. */
export function DoubleCharge({ pair, claimant }: { pair: Pair; claimant: Address }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const signatures = pair.map(({ signedReceipt }) => signedReceipt.signature);
  const { facts } = useFacts(['double-charge', ...signatures], (reader, on) =>
    readEquivocation(reader, on, pair, claimant),
  );
  if (!facts || !client) return null;
  if (facts.isClaimed)
    return (
      <p className="text-sm" data-testid="equivocation-claimed">
        You accused a host of charging twice: <TextLink href={`/claims/${facts.claimId}`}>the claim</TextLink>.
      </p>
    );
  const actions = equivocationActions(client as PublicClient, deployment, { facts, claimant });
  return actions.length > 0 ? <ActionList actions={actions} empty="" /> : null;
}
