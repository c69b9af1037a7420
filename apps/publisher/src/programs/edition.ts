import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { blamesAbi, licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { sendOnce } from '@oml/program/look-first';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Beacon } from '@oml/service/beacon';
import type { Chain } from '@oml/service/chain';
import { seal } from '@oml/service/seal';
import { zeroHash, type Address, type Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { EditionFiles } from './edition-files.ts';

/** A license that was accepted on one of our models. */
export interface AcceptedLicense {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  encryptionKey: Hex;
  hostSalt: Hex;
  acceptedBlock: bigint;
  /** The release that is rolled out; unless said it is the first edition of this license. */
  release?: number;
}

export interface EditionContext {
  chain: Chain;
  beacon: Beacon;
  files: EditionFiles;
  blobs: Blobs;
}

interface EditionSteps {
  await: object;
  write: OfRelease;
  record: OfRelease & { editionRoot: Hex; fileDigest: Hex };
  deliver: OfRelease & { editionRoot: Hex };
}

interface OfRelease {
  /** Not said by runs that were in progress when there was only one. */
  release?: number;
}

/** `foreign`: somebody else delivered another edition, which is not ours to hand out. */
type EditionOutcome = 'delivered' | 'foreign' | 'closed';

const RETRY_MS = 5_000;
/** An edition can be delivered. */
const OPEN: readonly number[] = [
  LICENSE_STATE.BONDED,
  LICENSE_STATE.DELIVERED,
  LICENSE_STATE.ACTIVE,
  LICENSE_STATE.SUSPENDED,
];
const next = nextOf<EditionSteps>();

/** Of the first edition of a license, or of that with which a later release is rolled out to it. */
export const editionId = (licenseId: bigint, release?: number): string =>
  release === undefined ? `edition-${licenseId}` : `edition-${licenseId}-${release}`;
export const sealedBlob = (licenseId: bigint, release = 1): string =>
  release === 1 ? `editions/${licenseId}` : `editions/${licenseId}-${release}`;

/**
 * How an accepted license gets its edition, and one of every later release. The same license gives the same weights,
 * whenever they are written.
 */
export const edition = defineProgram<EditionSteps, EditionContext, AcceptedLicense, EditionOutcome>()({
  name: 'edition',
  first: next('await', {}),
  steps: {
    async await({ subject: { licenseId, modelId, release } }, { chain }) {
      const { state, delivered } = await licenseOf(chain, licenseId);
      // Terms may ask for the owner's approval of each licensee.
      if (state === LICENSE_STATE.REQUESTED) return wait(RETRY_MS);
      if (release === undefined) {
        // What was delivered before this store knew of it is written again: it comes out the same.
        if (delivered > 0) return next('write', { release: delivered });
        return state === LICENSE_STATE.BONDED
          ? next('write', { release: await latestOf(chain, modelId) })
          : end('closed');
      }
      if (delivered >= release) return end('delivered', { note: `release ${delivered} was delivered before` });
      if (!OPEN.includes(state)) return end('closed');
      // The first edition is on its way, of whatever release is the latest.
      return delivered === 0 ? wait(RETRY_MS) : next('write', { release });
    },

    async write({ subject, facts: { release = 1 } }, { beacon, files, blobs }) {
      const { licenseId, modelId, hostSalt, encryptionKey } = subject;
      // Of a round after the host committed its salt.
      const value = await beacon.valueAfter(subject.acceptedBlock);
      if (!value) return wait(beacon.pollMs);
      const draw = { slot: Number(licenseId), hostSalt, beacon: value };
      const { plaintext, editionRoot, fileDigest } = await files.build(modelId, release, draw);
      await blobs.put(sealedBlob(licenseId, release), await seal(encryptionKey, plaintext, editionSealInfo(licenseId)));
      return next('record', { release, editionRoot, fileDigest });
    },

    /** Before it delivers, so that no host takes up a file that it could not show to a committee. */
    async record({ subject: { licenseId }, facts: { release = 1, editionRoot, fileDigest } }, { chain }) {
      const { delivered, editionRoot: root } = await licenseOf(chain, licenseId);
      if (delivered > release || (delivered === release && root !== editionRoot))
        return end('foreign', { note: 'another edition was delivered' });
      const onChain = await sendOnce({
        alreadyDone: async () => {
          const digest = await digestOf(chain, licenseId, release);
          return digest === zeroHash ? undefined : digest;
        },
        send: () => chain.send(recordCall(chain, licenseId, release, fileDigest)),
      });
      return onChain === fileDigest
        ? next('deliver', { release, editionRoot }, { note: `file ${fileDigest} recorded` })
        : end('foreign', { note: 'another file was recorded' });
    },

    async deliver({ subject: { licenseId }, facts: { release = 1, editionRoot } }, { chain }) {
      const { state, delivered } = await licenseOf(chain, licenseId);
      if (delivered < release && !OPEN.includes(state)) return end('closed');
      const onChain = await sendOnce({
        alreadyDone: async () => {
          const license = await licenseOf(chain, licenseId);
          return license.delivered >= release ? license.editionRoot : undefined;
        },
        send: () => chain.send(deliverCall(chain, licenseId, release, editionRoot)),
      });
      return onChain === editionRoot
        ? end('delivered', { note: `edition ${editionRoot} delivered` })
        : end('foreign', { note: 'another edition was delivered' });
    },
  },
  /** It is owed for as long as the license stands, so whatever went wrong is tried again. */
  rescue: (_, { message }) => wait(RETRY_MS, message),
});

const deliverCall = ({ deployment }: Chain, licenseId: bigint, release: number, editionRoot: Hex) => ({
  address: deployment.contracts.licenseRegistry,
  abi: licenseRegistryAbi,
  functionName: 'deliver',
  args: [licenseId, release, editionRoot],
});

const blamesOf = ({ deployment }: Chain) => ({ address: deployment.contracts.blames, abi: blamesAbi }) as const;

const recordCall = (chain: Chain, licenseId: bigint, release: number, fileDigest: Hex) => ({
  ...blamesOf(chain),
  functionName: 'recordEdition',
  args: [licenseId, release, fileDigest],
});

const digestOf = (chain: Chain, licenseId: bigint, release: number) =>
  chain.publicClient.readContract({
    ...blamesOf(chain),
    functionName: 'fileDigestOf',
    args: [licenseId, release],
  });

const licenseOf = ({ publicClient, deployment }: Chain, licenseId: bigint) =>
  publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [licenseId],
  });

async function latestOf({ publicClient, deployment }: Chain, modelId: bigint): Promise<number> {
  const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const [release] = await publicClient.readContract({ ...registry, functionName: 'latestRelease', args: [modelId] });
  return release;
}
