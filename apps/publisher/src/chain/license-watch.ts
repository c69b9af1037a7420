import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { followLogs } from '@oml/program/follow-logs';
import type { BlockRange } from '@oml/program/read-logs';
import { Runs } from '@oml/program/runs';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import { encodeEventTopics, isAddressEqual, parseEventLogs, type Address, type Hex } from 'viem';
import { edition, editionId, type AcceptedLicense } from '../programs/edition.ts';
import type { PublisherStore, PublisherTables } from '../store.ts';

const ACCEPTED = { abi: licenseRegistryAbi, eventName: 'LicenseAccepted' } as const;
const RELEASED = { abi: modelRegistryAbi, eventName: 'ModelReleased' } as const;
/** Asked of the store at once. */
const MOST = 100_000;

/** A later release of a model; its licensees get an edition of it. */
interface LaterRelease {
  modelId: bigint;
  release: number;
}

/**
 * Orders an edition for every license that was accepted on a model whose agent this publisher is, and one more for each
 * with every later release.
 */
export class LicenseWatch {
  private readonly chain: Chain;
  private readonly store: PublisherStore;
  private readonly readTrue: ReturnType<typeof trueLogs>;
  private readonly agents = new Map<bigint, Address>();

  constructor(chain: Chain, store: PublisherStore) {
    this.chain = chain;
    this.store = store;
    const { licenseRegistry, modelRegistry } = chain.deployment.contracts;
    const words = wordsOf([[...encodeEventTopics(ACCEPTED), ...encodeEventTopics(RELEASED)] as Hex[]]);
    this.readTrue = trueLogs(chain, { addresses: [licenseRegistry, modelRegistry], topics: words });
  }

  /** Reads on from where it stopped to the head. */
  async read(): Promise<void> {
    await followLogs<AcceptedLicense | LaterRelease, PublisherTables>({
      store: this.store,
      cursor: 'licenses',
      publicClient: this.chain.publicClient,
      startBlock: BigInt(this.chain.deployment.deployedAtBlock),
      read: (range) => this.readRange(range),
      note: async (db, found) => {
        const runs = new Runs({ ...this.store, db });
        for (const each of found) {
          if ('licenseId' in each) await runs.add(edition, each, editionId(each.licenseId));
          else await rollOut(runs, each);
        }
      },
    });
  }

  /** In their order on chain. */
  private async readRange(range: BlockRange): Promise<(AcceptedLicense | LaterRelease)[]> {
    const found = await this.readTrue(range);
    const ours: (AcceptedLicense | LaterRelease)[] = [];
    const logs = parseEventLogs({ abi: [...licenseRegistryAbi, ...modelRegistryAbi], logs: found, strict: true });
    for (const { eventName, args, blockNumber: acceptedBlock } of logs) {
      if (eventName !== 'LicenseAccepted' && eventName !== 'ModelReleased') continue;
      if (!isAddressEqual(await this.agentOf(args.modelId), this.chain.account!.address)) continue;
      if (eventName === 'ModelReleased') {
        if (args.release > 1) ours.push({ modelId: args.modelId, release: args.release });
        continue;
      }
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

/** An edition of a release for every license on its model that is known; whoever comes later begins with it. */
async function rollOut(runs: Runs, { modelId, release }: LaterRelease): Promise<void> {
  const known = await runs.list([edition], { limit: MOST });
  for (const { subject } of known)
    if (subject.modelId === modelId && subject.release === undefined)
      await runs.add(edition, { ...subject, release }, editionId(subject.licenseId, release));
}
