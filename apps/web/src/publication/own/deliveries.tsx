'use client';
import { useMutation } from '@tanstack/react-query';
import { Card } from '@oml/ui/card';
import { useState } from 'react';
import { isAddressEqual, zeroAddress } from 'viem';
import { readOwed, type OwedEdition } from '#actions/delivery-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { LicenseOf } from '#holdings/holdings.ts';
import { explainError } from '#wallet/explain-error.ts';
import { Problem } from '#wallet/problem.tsx';
import { DeliverEdition } from './deliver-edition.tsx';
import { openGiven, type Opened } from './opened-keys.ts';

const isOwnersWork = ({ deliverers: [owner, agent] }: OwedEdition): boolean =>
  !agent || agent === zeroAddress || isAddressEqual(agent, owner!);

/** Licensees that wait for an edition of a model whose owner delivers by itself; nothing where none waits. */
export function Deliveries({ modelId, licensees }: { modelId: bigint; licensees: readonly LicenseOf[] }) {
  const ids = licensees.map(({ licenseId }) => licenseId);
  const { facts } = useFacts(
    ['owed', String(modelId), ids.join()],
    async (reader, on) =>
      (await Promise.all(ids.map((id) => readOwed(reader, on, id)))).filter((one) => one !== undefined),
    ids.length > 0,
  );
  const { deployment } = usePublicConfig();
  const [opened, setOpened] = useState<Opened>();
  const open = useMutation({
    mutationFn: (given: readonly File[]) =>
      openGiven(given, { chainId: deployment.chainId, modelRegistry: deployment.contracts.modelRegistry }),
    onSuccess: setOpened,
  });
  const owed = facts?.filter(isOwnersWork) ?? [];
  if (owed.length === 0) return null;
  return (
    <div>
      <h3 className="mb-2 text-sm font-semibold">Editions to deliver</h3>
      <Card className="flex flex-col gap-4 p-5 text-sm">
        <p className="text-ink-soft">
          {owed.length === 1 ? 'A licensee waits' : `${owed.length} licensees wait`} for an edition. Open the keys file
          that you kept, the clean model and its tokenizer: each edition is made in this browser and sealed to its host.
        </p>
        <input
          type="file"
          multiple
          aria-label="Keys file, clean model and tokenizer"
          data-testid={`deliver-files-${modelId}`}
          onChange={({ target }) => open.mutate([...(target.files ?? [])])}
        />
        {open.error ? <Problem explanation={explainError(open.error)} data-testid="own-error" /> : null}
        {opened
          ? owed.map((edition) => <DeliverEdition key={String(edition.licenseId)} owed={edition} opened={opened} />)
          : null}
      </Card>
    </div>
  );
}
