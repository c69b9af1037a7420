'use client';
import { Section } from '@oml/ui/card';
import type { Address } from '#kit/hex.ts';
import { usePublicClient } from 'wagmi';
import { ActionList } from '#actions/action-list.tsx';
import { contractsOf } from '#actions/contracts.ts';
import { nameActions, registerAction } from '#actions/name-actions.ts';
import { useFacts } from '#actions/use-facts.ts';
import type { NameHeld } from '#holdings/holdings.ts';
import { TextLink } from '#kit/links.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What names cost, and a report on one. */
export const useNameCosts = () =>
  useFacts(['name-costs'], async (reader, on) => {
    const { parameters, leaks } = contractsOf(on);
    const [deposit, report] = await Promise.all([
      reader.readContract({ ...parameters, functionName: 'nameDeposit' }),
      reader.readContract({ ...leaks, functionName: 'cost' }),
    ]);
    return { deposit, report };
  }).facts;

/** The names that an account holds, and one more. */
export function NamePanel({ holder, names }: { holder: Address; names: readonly NameHeld[] }) {
  const client = usePublicClient();
  const { deployment } = usePublicConfig();
  const costs = useNameCosts();
  const register =
    costs && client ? [registerAction(client, deployment, { holder, deposit: costs.deposit })] : undefined;
  return (
    <Section title="Names" note="For people to read. Each is backed by a deposit, which comes back with it.">
      <div className="flex flex-col gap-4">
        {names.map((name) => (
          <div key={name.nameId}>
            <h3 className="mb-2 text-sm font-semibold">
              <TextLink href={`/names/${name.text}`}>{name.text}</TextLink>
            </h3>
            <ActionList
              actions={costs && nameActions(deployment, name, costs.report).filter(({ who }) => who !== 'anyone')}
              empty="Nothing to do"
            />
          </div>
        ))}
        <ActionList actions={register} empty="" />
      </div>
    </Section>
  );
}

/** What anybody can do about one name. */
export function NameActions({ name }: { name: NameHeld }) {
  const { deployment } = usePublicConfig();
  const costs = useNameCosts();
  return <ActionList actions={costs && nameActions(deployment, name, costs.report)} empty="Nobody holds it" />;
}
