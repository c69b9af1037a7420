import type { ListedModel } from '#model/shown-model.ts';

/** Where a model's page is, by its registered names if it has them. */
export const addressed = (
  modelId: bigint,
  registered: ListedModel['registered'],
): Pick<ListedModel, 'address' | 'registered'> =>
  registered
    ? { address: `/models/${registered.owner}/${registered.name}`, registered }
    : { address: `/models/${modelId}` };

/** An address by names, taken apart: `/models/acme/tales/hosts`. Numbers are no owners. */
export function readNamedAddress(path: string): { owner: string; name: string; rest: string } | undefined {
  const [, owner, name, rest = ''] = /^\/models\/([^/]+)\/([^/]+)(\/[a-z-]+)?$/.exec(path) ?? [];
  return owner === undefined || name === undefined || /^\d+$/.test(owner) ? undefined : { owner, name, rest };
}
