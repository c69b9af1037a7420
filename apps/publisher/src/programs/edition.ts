import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { licenseRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import { sendOnce } from '@oml/program/look-first';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import type { Chain } from '@oml/service/chain';
import { seal } from '@oml/service/seal';
import type { Address, Hex } from 'viem';
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
  files: EditionFiles;
  blobs: Blobs;
}

interface EditionSteps {
  await: object;
  write: object;
  deliver: { editionRoot: Hex };
}

/** `foreign`: somebody else delivered another edition, which is not ours to hand out. */
type EditionOutcome = 'delivered' | 'foreign' | 'closed';

const RETRY_MS = 5_000;
const BEACON_POLL_MS = 500;
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

    async write({ subject }, { chain, files, blobs }) {
      const { licenseId, modelId, hostSalt, encryptionKey } = subject;
      const beacon = await beaconOf(chain, subject.acceptedBlock);
      if (!beacon) return wait(BEACON_POLL_MS);
      const { plaintext, editionRoot } = await files.build(modelId, { slot: Number(licenseId), hostSalt, beacon });
      await blobs.put(sealedBlob(licenseId), await seal(encryptionKey, plaintext, editionSealInfo(licenseId)));
      return next('deliver', { editionRoot });
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

/** Hash of a block that came after the host committed its salt; undefined while it is to come. */
async function beaconOf({ publicClient, deployment }: Chain, acceptedBlock: bigint): Promise<Hex | undefined> {
  const { beaconDelay } = await publicClient.readContract({
    address: deployment.contracts.parameters,
    abi: parametersAbi,
    functionName: 'rules',
  });
  const blockNumber = acceptedBlock + BigInt(beaconDelay);
  if ((await publicClient.getBlockNumber()) <= blockNumber) return undefined;
  return (await publicClient.getBlock({ blockNumber })).hash;
}

const licenseOf = ({ publicClient, deployment }: Chain, licenseId: bigint) =>
  publicClient.readContract({
    address: deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [licenseId],
  });
