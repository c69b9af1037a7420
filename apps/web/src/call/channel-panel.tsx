'use client';
import { Button } from '@oml/ui/button';
import { EmptyState } from '@oml/ui/empty-state';
import { shortHex } from '@oml/ui/short-hex';
import { useState } from 'react';
import type { PublicClient } from 'viem';
import type { Address } from '#kit/hex.ts';
import { useConnection, usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { channelActions, readChannels } from '#actions/channel-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** Channels that the connected account paid into, from whatever browser: looked for at a press, since it reads logs. */
export function ChannelPanel() {
  const { address } = useConnection();
  if (!address) return <EmptyState title="Connect the wallet that paid into a channel" />;
  return <Channels key={address} payer={address} />;
}

function Channels({ payer }: { payer: Address }) {
  const [isLooking, setLooking] = useState(false);
  const client = usePublicClient() as PublicClient;
  const { deployment } = usePublicConfig();
  const { facts, error } = useFacts(
    ['channels', payer],
    (reader, on) => readChannels(reader as PublicClient, on, payer),
    isLooking,
  );
  if (!isLooking)
    return (
      <Button className="self-start" onClick={() => setLooking(true)} data-testid="channels-look">
        Look for my channels
      </Button>
    );
  if (error) return <EmptyState title="The chain does not list them">{error.message}</EmptyState>;
  const open = facts?.filter(({ balance, claimed }) => balance > claimed);
  return (
    <ActionList
      actions={open?.flatMap((channel) => channelActions(client, deployment, channel))}
      empty={`${shortHex(payer)} has money in no channel`}
    />
  );
}
