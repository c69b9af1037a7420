import type { Deployment } from '@oml/protocol/chain/deployment';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { zeroHash, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, type Action } from './action.ts';
import { valueAfter } from './beacon-rounds.ts';
import { contractsOf } from './contracts.ts';

/** An edition can be delivered. */
const OPEN: readonly number[] = [
  LICENSE_STATE.BONDED,
  LICENSE_STATE.DELIVERED,
  LICENSE_STATE.ACTIVE,
  LICENSE_STATE.SUSPENDED,
];

/** A license that waits for an edition, and what that edition is drawn from. */
export interface OwedEdition {
  licenseId: bigint;
  release: number;
  weightsDigest: Hex;
  uri: string;
  deliverers: readonly Address[];
  hostSalt: Hex;
  encryptionKey: Hex;
  /** Of a round after the host committed its salt; undefined while it is to come. */
  beacon?: Hex;
  /** SHA-256 of the file that was recorded for it; nothing yet: zero. */
  recorded: Hex;
}

/** The edition that a license waits for; undefined where it has that of the latest release, or can get none. */
export async function readOwed(
  reader: PublicClient,
  deployment: Deployment,
  licenseId: bigint,
): Promise<OwedEdition | undefined> {
  const { licenses, models, blames } = contractsOf(deployment);
  const license = await reader.readContract({ ...licenses, functionName: 'license', args: [licenseId] });
  const { modelId, state, delivered } = license;
  const [[release], model, owner] = await Promise.all([
    reader.readContract({ ...models, functionName: 'latestRelease', args: [modelId] }),
    reader.readContract({ ...models, functionName: 'model', args: [modelId] }),
    reader.readContract({ ...models, functionName: 'ownerOf', args: [modelId] }),
  ]);
  if (delivered >= release || !OPEN.includes(state)) return undefined;
  const since = { fromBlock: BigInt(deployment.deployedAtBlock), strict: true } as const;
  const [recorded, [accepted], [released]] = await Promise.all([
    reader.readContract({ ...blames, functionName: 'fileDigestOf', args: [licenseId, release] }),
    reader.getContractEvents({ ...licenses, ...since, eventName: 'LicenseAccepted', args: { licenseId } }),
    reader.getContractEvents({ ...models, ...since, eventName: 'ModelReleased', args: { modelId, release } }),
  ]);
  if (!accepted || !released) return undefined;
  const beacon = await valueAfter(reader, deployment, accepted.blockNumber);
  const { hostSalt, encryptionKey } = accepted.args;
  const { weightsDigest } = released.args;
  const deliverers = [owner, model.agent];
  return {
    licenseId,
    release,
    weightsDigest,
    uri: model.uri,
    deliverers,
    hostSalt,
    encryptionKey,
    recorded,
    ...(beacon ? { beacon } : {}),
  };
}

/** Records which file the edition is, so that its host can show it to a committee, and delivers it. */
export function deliveryAction(
  deployment: Deployment,
  { licenseId, release, deliverers, recorded }: OwedEdition,
  { editionRoot, fileDigest }: { editionRoot: Hex; fileDigest: Hex },
): Action {
  const { licenses, blames } = contractsOf(deployment);
  const record = callOf({ ...blames, functionName: 'recordEdition', args: [licenseId, release, fileDigest] });
  const deliver = callOf({ ...licenses, functionName: 'deliver', args: [licenseId, release, editionRoot] });
  return {
    id: `license-deliver-${licenseId}`,
    rows: [17],
    title: 'Deliver the edition',
    effect: `Puts the digests of license ${licenseId}’s edition of release ${release} on chain, once and for all.`,
    who: { accounts: deliverers, word: 'the owner or its agent' },
    next: 'The host fetches its file, checks it against the chain and takes it up.',
    steps: () => [...(recorded === zeroHash ? [{ call: record }] : []), { call: deliver }],
  };
}
