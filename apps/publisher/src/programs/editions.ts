import { licenseRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { seal } from '@oml/service/seal';
import type { Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { EditionFiles } from './edition-files.ts';
import type { LicenseRecord, LicenseRecords } from './license-record.ts';
import type { LicenseWatch } from '../chain/license-watch.ts';
import { RELEASE } from './release.ts';

const RETRY_MS = 5_000;
const DELIVERED_BEFORE = new Set(['LicenseRegistry_WrongRelease', 'LicenseRegistry_WrongState']);

/** Writes and delivers the edition of every accepted license. */
export class Editions {
  private readonly chain: Chain;
  private readonly records: LicenseRecords;
  private readonly watch: LicenseWatch;
  private readonly files: EditionFiles;
  private readonly blobs: Blobs;
  private readonly logger: Logger;

  constructor(parts: {
    chain: Chain;
    records: LicenseRecords;
    watch: LicenseWatch;
    files: EditionFiles;
    blobs: Blobs;
    logger: Logger;
  }) {
    this.chain = parts.chain;
    this.records = parts.records;
    this.watch = parts.watch;
    this.files = parts.files;
    this.blobs = parts.blobs;
    this.logger = parts.logger;
  }

  /** One round: reads new licenses and pushes each as far as it goes. */
  async run(): Promise<void> {
    await this.watch.read();
    for (const license of this.records.due()) {
      try {
        await this.deliver(license);
      } catch (error) {
        this.logger.warn({ err: error, licenseId: String(license.licenseId) }, 'edition will be tried again');
        this.records.postpone(license.licenseId, RETRY_MS);
      }
    }
  }

  /** The sealed edition. Throws NOT_FOUND until it is delivered. */
  async read(licenseId: bigint): Promise<Uint8Array<ArrayBuffer>> {
    const license = this.records.find(licenseId);
    if (license?.state !== 'delivered')
      throw new OmlError('NOT_FOUND', `The edition of license ${licenseId} is not here (yet).`, {
        retryable: license !== undefined,
      });
    return this.blobs.get(sealedBlob(licenseId));
  }

  private async deliver(license: LicenseRecord): Promise<void> {
    const onChain = await this.license(license.licenseId);
    if (onChain.delivered >= RELEASE) return this.note(license, onChain.editionRoot);
    // Terms may ask for the owner's approval of each licensee.
    if (onChain.state === LICENSE_STATE.REQUESTED) return this.records.postpone(license.licenseId, RETRY_MS);
    if (onChain.state !== LICENSE_STATE.BONDED) return this.records.setState(license.licenseId, 'closed');
    const editionRoot = license.state === 'sealed' ? license.editionRoot! : await this.write(license);
    if (!editionRoot) return this.records.postpone(license.licenseId, 500);
    const address = this.chain.deployment.contracts.licenseRegistry;
    await this.chain
      .send({
        address,
        abi: licenseRegistryAbi,
        functionName: 'deliver',
        args: [license.licenseId, RELEASE, editionRoot],
      })
      .catch((error: unknown) => {
        // An earlier transaction of ours may have been faster: the next round looks at the chain.
        if (!isOmlError(error) || !DELIVERED_BEFORE.has(String(error.details['errorName']))) throw error;
      });
    this.note(license, (await this.license(license.licenseId)).editionRoot);
  }

  /** Notes what the chain says was delivered; an edition that somebody else delivered is not ours to hand out. */
  private note(license: LicenseRecord, editionRoot: Hex): void {
    const ours = this.records.find(license.licenseId)!;
    const isOurs = ours.editionRoot === editionRoot;
    this.records.setState(
      license.licenseId,
      isOurs ? 'delivered' : 'failed',
      isOurs ? null : 'another edition was delivered',
    );
    this.logger.info(
      { licenseId: String(license.licenseId), modelId: String(license.modelId), editionRoot, isOurs },
      'edition delivered',
    );
  }

  /**
   * Derives, seals and stores the edition; undefined while its beacon is to come. The same license gives the same
   * weights after a restart.
   */
  private async write(license: LicenseRecord): Promise<Hex | undefined> {
    const beacon = await this.beacon(license.acceptedBlock);
    if (!beacon) return undefined;
    const { licenseId, modelId, hostSalt, encryptionKey } = license;
    const { plaintext, editionRoot } = await this.files.build(modelId, { slot: Number(licenseId), hostSalt, beacon });
    await this.blobs.put(sealedBlob(licenseId), await seal(encryptionKey, plaintext, `oml/edition/${licenseId}`));
    this.records.setSealed(licenseId, beacon, editionRoot);
    return editionRoot;
  }

  /** Hash of a block that came after the host committed its salt. */
  private async beacon(acceptedBlock: bigint): Promise<Hex | undefined> {
    const { publicClient, deployment } = this.chain;
    const { beaconDelay } = await publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'rules',
    });
    const blockNumber = acceptedBlock + BigInt(beaconDelay);
    if ((await publicClient.getBlockNumber()) <= blockNumber) return undefined;
    return (await publicClient.getBlock({ blockNumber })).hash;
  }

  private license(licenseId: bigint) {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({
      address: deployment.contracts.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'license',
      args: [licenseId],
    });
  }
}

const sealedBlob = (licenseId: bigint): string => `editions/${licenseId}`;
