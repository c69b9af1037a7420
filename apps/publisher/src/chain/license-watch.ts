import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import type { BlockRange } from '@oml/program/read-logs';
import { Runs } from '@oml/program/runs';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import { edition, editionId, type AcceptedLicense } from '../programs/edition.ts';
import type { PublisherStore, PublisherTables } from '../store.ts';

/** Orders an edition for every license that was accepted on a model whose agent this publisher is. */
export class LicenseWatch {
  private readonly chain: Chain;
  private readonly store: PublisherStore;
  private readonly agents = new Map<bigint, Address>();

  constructor(chain: Chain, store: PublisherStore) {
    this.chain = chain;
    this.store = store;
  }

  /** Reads on from where it stopped to the head. */
  async read(): Promise<void> {
    await followLogs<AcceptedLicense, PublisherTables>({
      store: this.store,
      cursor: 'licenses',
      publicClient: this.chain.publicClient,
      startBlock: BigInt(this.chain.deployment.deployedAtBlock),
      read: (range) => this.readRange(range),
      note: async (db, found) => {
        const runs = new Runs({ ...this.store, db });
        for (const license of found) await runs.add(edition, license, editionId(license.licenseId));
      },
    });
  }

  private async readRange(range: BlockRange): Promise<AcceptedLicense[]> {
    const address = this.chain.deployment.contracts.licenseRegistry;
    const logs = await this.chain.publicClient.getContractEvents({
      address,
      abi: licenseRegistryAbi,
      eventName: 'LicenseAccepted',
      ...range,
      strict: true,
    });
    const ours: AcceptedLicense[] = [];
    for (const { args, blockNumber: acceptedBlock } of logs) {
      if (!isAddressEqual(await this.agentOf(args.modelId), this.chain.account!.address)) continue;
      const { licenseId, modelId, account, encryptionKey, hostSalt } = args;
      ours.push({ licenseId, modelId, account, encryptionKey, hostSalt, acceptedBlock });
    }
    return ours;
  }

  private async agentOf(modelId: bigint): Promise<Address> {
    const known = this.agents.get(modelId);
    if (known) return known;
    const address = this.chain.deployment.contracts.modelRegistry;
    const { agent } = await this.chain.publicClient.readContract({
      address,
      abi: modelRegistryAbi,
      functionName: 'model',
      args: [modelId],
    });
    this.agents.set(modelId, agent);
    return agent;
  }
}
