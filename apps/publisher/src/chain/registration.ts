import { modelRegistryAbi, parametersAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { sendOnce, type SendOnce } from '@oml/program/look-first';
import { readLogs } from '@oml/program/read-logs';
import { OmlError } from '@oml/protocol/error';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import { trueLogs, wordsOf } from '@oml/service/true-logs';
import {
  encodeAbiParameters,
  encodeEventTopics,
  keccak256,
  parseEventLogs,
  type AbiFunction,
  type Address,
  type ContractFunctionArgs,
  type Hex,
} from 'viem';

/** A code book as the contract commits it. */
export type CommittedCodeBook = ContractFunctionArgs<typeof modelRegistryAbi, 'nonpayable', 'commitCodeBook'>[0];
/**
 * Terms as the contract registers them: amounts in the token's smallest unit, shares in basis points, times in seconds.
 */
export type Terms = ContractFunctionArgs<typeof termsRegistryAbi, 'nonpayable', 'register'>[0];
type ReleaseParams = ContractFunctionArgs<typeof modelRegistryAbi, 'nonpayable', 'release'>[1];
type MintParams = ContractFunctionArgs<typeof modelRegistryAbi, 'nonpayable', 'mint'>[0];

const inputsOf = (abi: readonly unknown[], name: string) =>
  (abi as readonly AbiFunction[]).find((item) => item.type === 'function' && item.name === name)!.inputs;
const TERMS = inputsOf(termsRegistryAbi, 'register');
const CODE_BOOK = [{ type: 'address' }, ...inputsOf(modelRegistryAbi, 'commitCodeBook')];

/** `keccak256(abi.encode(committer, codeBook))`: known before anything is sent. */
export function commitIdOf(committer: Address, codeBook: CommittedCodeBook): Hex {
  return keccak256(encodeAbiParameters(CODE_BOOK, [committer, codeBook]));
}

/**
 * The writes of a publication. Each looks at the chain before it sends and again after it, so that a restart between
 * sending and noting neither repeats nor loses a transaction; `tx` is undefined where somebody's earlier transaction
 * already did it.
 */
export class Registration {
  private readonly chain: Chain;
  private readonly sends: boolean;

  /** One that does not send finds what was sent before, and throws NOT_FOUND for anything else. */
  constructor(chain: Chain, { sends = true }: { sends?: boolean } = {}) {
    this.chain = chain;
    this.sends = sends;
  }

  /** Commits a code book for its fee; resolves to the round of the beacon that it names. */
  commit(commitId: Hex, codeBook: CommittedCodeBook): Promise<{ round: bigint; tx: Hex }> {
    return this.once({
      alreadyDone: async () => {
        const [log] = await this.logs('CodeBookCommitted', commitId);
        return log && { round: (log.args as { round: bigint }).round, tx: log.transactionHash };
      },
      send: async () => {
        const { publicClient, deployment, account } = this.chain;
        const { parameters: address, modelRegistry } = deployment.contracts;
        const fee = await publicClient.readContract({ address, abi: parametersAbi, functionName: 'codeBookFee' });
        await ensureAllowance(this.chain, account!.address, modelRegistry, fee);
        await this.send('commitCodeBook', [codeBook]);
      },
    });
  }

  /** Shares of the deployment, in basis points, and its amounts. */
  rates() {
    const { publicClient, deployment } = this.chain;
    const parameters = { address: deployment.contracts.parameters, abi: parametersAbi } as const;
    return publicClient.readContract({ ...parameters, functionName: 'rates' });
  }

  /** The id of terms, registered if nobody did before. */
  termsId(terms: Terms): Promise<number> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
    const termsHash = keccak256(encodeAbiParameters(TERMS, [terms]));
    const idAt = (blockTag: 'latest' | 'pending') =>
      publicClient.readContract({ ...registry, functionName: 'idOf', args: [termsHash], blockTag });
    return this.once({
      alreadyDone: async () => (await idAt('latest')) || undefined,
      send: async () => {
        // Another replica's registration may be on its way.
        if (await idAt('pending')) await this.chain.settled();
        else await this.chain.send({ ...registry, functionName: 'register', args: [terms] });
      },
    });
  }

  /** Mints the model of a commitment whose round is posted. */
  mint(commitId: Hex, params: MintParams): Promise<{ modelId: bigint; tx: Hex }> {
    return this.once({
      alreadyDone: async () => {
        const [log] = await this.logs('ModelMinted', commitId);
        return log && { modelId: (log.args as { modelId: bigint }).modelId, tx: log.transactionHash };
      },
      send: () => this.send('mint', [params]),
    });
  }

  /**
   * Adds a release of a commitment whose round is posted, and resolves to its number. Throws CONFLICT where the model
   * has another latest release than the one that it was to follow.
   */
  release(
    commitId: Hex,
    { modelId, after }: { modelId: bigint; after: number },
    params: ReleaseParams,
  ): Promise<{ release: number; tx: Hex }> {
    return this.once({
      alreadyDone: async () => {
        const [log] = await this.logs('ModelReleased', commitId);
        return log && { release: (log.args as { release: number }).release, tx: log.transactionHash };
      },
      send: async () => {
        const { publicClient, deployment } = this.chain;
        const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
        const args = [modelId] as const;
        const [latest] = await publicClient.readContract({ ...registry, functionName: 'latestRelease', args });
        if (latest !== after)
          throw new OmlError('CONFLICT', `Model ${modelId} is at release ${latest}; the order follows ${after}.`);
        await this.send('release', [modelId, params]);
      },
    });
  }

  private async once<Effect>(act: SendOnce<Effect>): Promise<Effect> {
    if (this.sends) return sendOnce(act);
    const found = await act.alreadyDone();
    if (found !== undefined) return found;
    throw new OmlError(
      'NOT_FOUND',
      `The chain knows nothing that ${this.chain.account!.address} sent for this: its order, a file, OWNER_SECRET or ` +
        'AGENT_KEY is another, or this machine computes otherwise than the one that published. Nothing was sent.',
    );
  }

  private async send(functionName: string, args: readonly unknown[]): Promise<Hex> {
    const { transactionHash } = await this.chain.send({
      address: this.chain.deployment.contracts.modelRegistry,
      abi: modelRegistryAbi,
      functionName,
      args,
    });
    return transactionHash;
  }

  /** What the release of a commitment says of itself on chain; undefined where there is none. */
  async released(commitId: Hex): Promise<{ weightsDigest: Hex; controlPanelDigest: Hex } | undefined> {
    const [log] = await this.logs('ModelReleased', commitId);
    return log?.args as { weightsDigest: Hex; controlPanelDigest: Hex } | undefined;
  }

  private async logs(eventName: 'CodeBookCommitted' | 'ModelMinted' | 'ModelReleased', commitId: Hex) {
    const { publicClient, deployment } = this.chain;
    const topics = wordsOf(encodeEventTopics({ abi: modelRegistryAbi, eventName, args: { commitId } }));
    const logs = await readLogs({
      fromBlock: BigInt(deployment.deployedAtBlock),
      toBlock: await publicClient.getBlockNumber(),
      // What a node left out would be sent a second time.
      read: trueLogs(this.chain, { addresses: [deployment.contracts.modelRegistry], topics }),
    });
    return parseEventLogs({ abi: modelRegistryAbi, eventName, logs, strict: true });
  }
}
