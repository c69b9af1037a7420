'use client';
import { contractsOf } from '#actions/contracts.ts';
import { useFacts } from '#actions/use-facts.ts';
import { ConnectButton } from '#wallet/connect-button.tsx';
import type { SlottedFiles } from '../file-slots.ts';
import type { PublishTerms } from '../publish-terms.ts';
import type { OwnKeys } from './own-keys.ts';
import { OwnWay } from './own-way.tsx';

interface ReleaseWayProps {
  modelId: bigint;
  files: SlottedFiles;
  kind: OwnKeys['kind'];
  terms: PublishTerms;
}

const DAY_S = 86_400;

/** Fingerprints the next release of a model in this browser. */
export function ReleaseWay({ modelId, ...form }: ReleaseWayProps) {
  const { facts } = useFacts(['rules'], (reader, deployment) =>
    reader.readContract({ ...contractsOf(deployment).parameters, functionName: 'rules' }),
  );
  if (!facts) return <p className="text-sm text-ink-soft">Asking the contracts.</p>;
  const release = { modelId, leastGraceDays: Math.ceil(facts.minGrace / DAY_S) };
  return (
    <div className="text-sm">
      <OwnWay {...form} release={release} connect={<ConnectButton />} />
    </div>
  );
}
