'use client';
import type { PublicClient } from 'viem';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { readUse, useActions as actionsOfUse } from '#actions/use-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import type { Address } from '#kit/hex.ts';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { KeptReceipt } from './kept-receipts.ts';

/** What its buyer can do about a use that its host has not booked; nothing where it has. */
export function UnpaidUse({ use, claimant }: { use: KeptReceipt; claimant: Address }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['use', use.signedReceipt.signature], (reader, on) => readUse(reader, on, use, claimant));
  if (!facts || !client || facts.isBooked) return null;
  if (facts.isClaimed)
    return (
      <p className="text-sm" data-testid="use-claimed">
        You contested a use of {use.model}: <TextLink href={`/claims/${facts.digest}`}>the claim</TextLink>.
      </p>
    );
  const actions = actionsOfUse(client as PublicClient, deployment, { use, facts, claimant });
  return actions.length > 0 ? <ActionList actions={actions} empty="" /> : null;
}
