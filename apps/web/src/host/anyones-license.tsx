'use client';
import { licenseActions, readLicense } from '#actions/license-actions.ts';
import { ActionList } from '#actions/action-list.tsx';
import { useFacts } from '#actions/use-facts.ts';
import { usePublicConfig } from '#kit/config-context.tsx';

/** What anybody may do about a license: renew it, suspend one that lapsed, finish one that closes. */
export function AnyonesLicense({ licenseId }: { licenseId: bigint }) {
  const { deployment } = usePublicConfig();
  const { facts } = useFacts(['license', String(licenseId)], (reader, on) => readLicense(reader, on, licenseId));
  const actions = facts ? licenseActions(deployment, facts).filter(({ who }) => who === 'anyone') : [];
  return actions.length > 0 ? <ActionList actions={actions} empty="" /> : null;
}
