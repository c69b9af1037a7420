'use client';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { claimActions } from '#actions/claim-actions.ts';
import type { ClaimHeld } from '#holdings/holdings.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** The buttons that end a claim, or lift what it suspended; nothing where nobody can act. */
export function ClaimActions({ claim }: { claim: ClaimHeld }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const actions = client ? claimActions(client, deployment, { ...claim, revealTx: claim.revealTx }) : [];
  return actions.length > 0 ? <ActionList actions={actions} empty="" /> : null;
}
