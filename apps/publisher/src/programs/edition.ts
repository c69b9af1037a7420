import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { blamesAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { sendOnce } from '@oml/program/look-first';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Beacon } from '@oml/service/beacon';
import type { Chain } from '@oml/service/chain';
import { seal } from '@oml/service/seal';
import { zeroHash, type Address, type Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { EditionFiles } from './edition-files.ts';
import { RELEASE } from './release.ts';

/** A license that was accepted on one of our models. */
export interface AcceptedLicense {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  encryptionKey: Hex;
  hostSalt: Hex;
  acceptedBlock: bigint;
}

export interface EditionContext {
  chain: Chain;
  beacon: Beacon;
  files: EditionFiles;
  blobs: Blobs;
}

interface EditionSteps {
  await: object;
  write: object;
  record: { editionRoot: Hex; fileDigest: Hex };
  deliver: { editionRoot: Hex };
}

/** `foreign`: somebody else delivered another edition, which is not ours to hand out. */
type EditionOutcome = 'delivered' | 'foreign' | 'closed';

const RETRY_MS = 5_000;
const next = nextOf<EditionSteps>();

export const editionId = (licenseId: bigint): string => `edition-${licenseId}`;
export const sealedBlob = (licenseId: bigint): string => `editions/${licenseId}`;

/** How an accepted license gets its edition. The same license gives the same weights, whenever they are written. */
export const edition = defineProgram<EditionSteps, EditionContext, AcceptedLicense, EditionOutcome>()({
  name: 'edition',
  first: next('await', {}),
  steps: {
    async await({ subject: { licenseId } }, { chain }) {
      const { state, delivered } = await licenseOf(chain, licenseId);
      if (delivered >= RELEASE) return end('foreign', { note: 'another edition was delivered' });
      // Terms may ask for the owner's approval of each licensee.
      if (state === LICENSE_STATE.REQUESTED) return wait(RETRY_MS);
      return state === LICENSE_STATE.BONDED ? next('write', {}) : end('closed');
    },

    async write({ subject }, { beacon, files, blobs }) {
      const { licenseId, modelId, hostSalt, encryptionKey } = subject;
      // Of a round after the host committed its salt.
      const value = await beacon.valueAfter(subject.acceptedBlock);
      if (!value) return wait(beacon.pollMs);
      const draw = { slot: Number(licenseId), hostSalt, beacon: value };
      const { plaintext, editionRoot, fileDigest } = await files.build(modelId, draw);
      await blobs.put(sealedBlob(licenseId), await seal(encryptionKey, plaintext, editionSealInfo(licenseId)));
      return next('record', { editionRoot, fileDigest });
    },

    /** Before it delivers, so that no host takes up a file that it could not show to a committee. */
    async record({ subject: { licenseId }, facts: { editionRoot, fileDigest } }, { chain }) {
      const onChain = await sendOnce({
        alreadyDone: async () => {
          const digest = await digestOf(chain, licenseId);
          return digest === zeroHash ? undefined : digest;
        },
        send: () => chain.send(recordCall(chain, licenseId, fileDigest)),
      });
      return onChain === fileDigest
        ? next('deliver', { editionRoot }, { note: `file ${fileDigest} recorded` })
        : end('foreign', { note: 'another file was recorded' });
    },

    async deliver({ subject: { licenseId }, facts: { editionRoot } }, { chain }) {
      const { state, delivered } = await licenseOf(chain, licenseId);
      if (delivered < RELEASE && state !== LICENSE_STATE.BONDED) return end('closed');
      const onChain = await sendOnce({
        alreadyDone: async () => {
          const license = await licenseOf(chain, licenseId);
          return license.delivered >= RELEASE ? license.editionRoot : undefined;
        },
        send: () => chain.send(deliverCall(chain, licenseId, editionRoot)),
      });
      return onChain === editionRoot
        ? end('delivered', { note: `edition ${editionRoot} delivered` })
        : end('foreign', { note: 'another edition was delivered' });
    },
  },
  /** It is owed for as long as the license stands, so whatever went wrong is tried again. */
  rescue: (_, { message }) => wait(RETRY_MS, message),
});

const deliverCall = ({ deployment }: Chain, licenseId: bigint, editionRoot: Hex) => ({
  address: deployment.contracts.licenseRegistry,
  abi: licenseRegistryAbi,
  functionName: 'deliver',
  args: [licenseId, RELEASE, editionRoot],
});

const blamesOf = ({ deployment }: Chain) => ({ address: deployment.contracts.blames, abi: blamesAbi }) as const;

const recordCall = (chain: Chain, licenseId: bigint, fileDigest: Hex) => ({
  ...blamesOf(chain),
  functionName: 'recordEdition',
  args: [licenseId, RELEASE, fileDigest],
});

const digestOf = (chain: Chain, licenseId: bigint) =>
  chain.publicClient.readContract({
    ...blamesOf(chain),
    functionName: 'fileDigestOf',
    args: [licenseId, RELEASE],
  });

const licenseOf = ({ publicClient, deployment }: Chain, licenseId: bigint) =>
  publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [licenseId],
  });
