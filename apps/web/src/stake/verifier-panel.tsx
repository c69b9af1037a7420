'use client';
import { Section } from '@oml/ui/card';
import type { Address } from '#kit/hex.ts';
import { useConnection } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { useFacts } from '#actions/use-facts.ts';
import { batchActions, courtActions, readVerifier, stakeActions, type OpenBatch } from '#actions/verifier-actions.ts';
import { contractsOf } from '#actions/contracts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What the connected verifier can do about its stake, and take out of the courts. */
export function VerifierPanel() {
  const { address } = useConnection();
  return address ? <Own key={address} verifier={address} /> : null;
}

function Own({ verifier }: { verifier: Address }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['verifier', verifier], (reader, on) => readVerifier(reader, on, verifier));
  return (
    <>
      <Section title="Your stake">
        <ActionList actions={facts && stakeActions(deployment, facts)} empty="You have no stake" />
      </Section>
      <Section title="Your money at the courts" note="Claim bonds that came back, rewards, fees of committees.">
        <ActionList actions={facts && courtActions(deployment, facts)} empty="Nothing there" />
      </Section>
    </>
  );
}

/** Batches that nobody opened, and the buttons that end them. */
export function OpenBatches({ batches }: { batches: readonly OpenBatch[] }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['rules'], async (reader, on) => {
    const values = await reader.readContract({ ...contractsOf(on).parameters, functionName: 'values' });
    return values.rules;
  });
  return <ActionList actions={facts && batchActions(deployment, facts, batches)} empty="No batch waits" />;
}
