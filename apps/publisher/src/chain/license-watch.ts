import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import type { ChainCursor } from './chain-cursor.ts';
import type { LicenseRecords } from '../programs/license-record.ts';

/** Blocks read again each time, so that a short reorganisation hides no license. */
const REREAD_BLOCKS = 16n;
const MAX_RANGE = 2_000n;

/** Reads LicenseAccepted events of the models whose agent this publisher is. */
export class LicenseWatch {
  private readonly chain: Chain;
  private readonly records: LicenseRecords;
  private readonly cursor: ChainCursor;
  private readonly agents = new Map<bigint, Address>();

  constructor(chain: Chain, records: LicenseRecords, cursor: ChainCursor) {
    this.chain = chain;
    this.records = records;
    this.cursor = cursor;
  }

  /** Reads on from where it stopped to the head, noting every license before the cursor moves. */
  async read(): Promise<void> {
    const head = await this.chain.publicClient.getBlockNumber();
    for (;;) {
      const next = this.cursor.get();
      const fromBlock = next > REREAD_BLOCKS ? next - REREAD_BLOCKS : 0n;
      const toBlock = head < fromBlock + MAX_RANGE ? head : fromBlock + MAX_RANGE;
      if (toBlock < fromBlock) return this.cursor.set(head); // a chain that was set back
      await this.readRange(fromBlock, toBlock);
      this.cursor.set(toBlock + 1n);
      if (toBlock === head) return;
    }
  }

  private async readRange(fromBlock: bigint, toBlock: bigint): Promise<void> {
    const address = this.chain.deployment.contracts.licenseRegistry;
    const logs = await this.chain.publicClient.getContractEvents({
      address,
      abi: licenseRegistryAbi,
      eventName: 'LicenseAccepted',
      fromBlock,
      toBlock,
      strict: true,
    });
    for (const { args, blockNumber } of logs) {
      if (!isAddressEqual(await this.agentOf(args.modelId), this.chain.account!.address)) continue;
      const { licenseId, modelId, account, encryptionKey, hostSalt } = args;
      this.records.add({ licenseId, modelId, account, encryptionKey, hostSalt, acceptedBlock: blockNumber });
    }
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
