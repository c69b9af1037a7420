import { modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { isOmlError, OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import {
  encodeAbiParameters,
  keccak256,
  zeroHash,
  type AbiFunction,
  type Address,
  type ContractFunctionArgs,
  type Hex,
} from 'viem';

/** A code book as the contract commits it. */
export type CommittedCodeBook = ContractFunctionArgs<typeof modelRegistryAbi, 'nonpayable', 'commitCodeBook'>[0];
/** Terms as the contract registers them: amounts in the token's smallest unit, shares in basis points, times in seconds. */
export type Terms = ContractFunctionArgs<typeof termsRegistryAbi, 'nonpayable', 'register'>[0];
export type MintParams = ContractFunctionArgs<typeof modelRegistryAbi, 'nonpayable', 'mint'>[0];

const inputsOf = (abi: readonly unknown[], name: string) =>
  (abi as readonly AbiFunction[]).find((item) => item.type === 'function' && item.name === name)!.inputs;
const TERMS = inputsOf(termsRegistryAbi, 'register');
const CODE_BOOK = [{ type: 'address' }, ...inputsOf(modelRegistryAbi, 'commitCodeBook')];

/** `keccak256(abi.encode(committer, codeBook))`: known before anything is sent. */
export function commitIdOf(committer: Address, codeBook: CommittedCodeBook): Hex {
  return keccak256(encodeAbiParameters(CODE_BOOK, [committer, codeBook]));
}

/**
 * The writes of a publication. Each looks at the chain before it sends and again when it is refused, so that a restart
 * between sending
 * and noting neither repeats nor loses a transaction; the hash is undefined where somebody's earlier transaction
 * already did it.
 */
export class Registration {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /** Commits a code book; resolves to the block whose hash will be its beacon. */
  async commit(
    commitId: Hex,
    codeBook: CommittedCodeBook,
  ): Promise<{ beaconBlock: bigint; transaction: Hex | undefined }> {
    const before = await this.committed(commitId);
    if (before) return before;
    await this.sendOnce('commitCodeBook', [codeBook], 'ModelRegistry_AlreadyCommitted');
    const after = await this.committed(commitId);
    if (!after)
      throw new OmlError('CHAIN_REVERTED', 'The code book was committed, but the chain no longer shows it.', {
        retryable: true,
      });
    return after;
  }

  /**
   * The beacon of a commitment, drawn if it is not yet. Undefined while its block is to come; throws BEACON_MISSED when
   * it is too old.
   */
  async draw(commitId: Hex): Promise<{ beacon: Hex; transaction: Hex | undefined } | undefined> {
    const known = await this.beacon(commitId);
    if (known) return { beacon: known, transaction: undefined };
    try {
      const transaction = await this.send('drawBeacon', [commitId]);
      return { beacon: (await this.beacon(commitId))!, transaction };
    } catch (error) {
      const reason = revertName(error);
      if (reason === 'ModelRegistry_BeaconNotReady') return undefined;
      if (reason === 'ModelRegistry_BeaconMissed')
        throw new OmlError('BEACON_MISSED', 'The beacon of the code book was not drawn in time.', { cause: error });
      const drawnByOther = await this.beacon(commitId);
      if (drawnByOther) return { beacon: drawnByOther, transaction: undefined };
      throw error;
    }
  }

  /** The id of terms, registered if nobody did before. */
  async termsId(terms: Terms): Promise<number> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
    const termsHash = keccak256(encodeAbiParameters(TERMS, [terms]));
    const find = () => publicClient.readContract({ ...registry, functionName: 'idOf', args: [termsHash] });
    const known = await find();
    if (known !== 0) return known;
    await this.chain.send({ ...registry, functionName: 'register', args: [terms] });
    const registered = await find();
    if (registered === 0)
      throw new OmlError('CHAIN_REVERTED', 'The terms were registered, but the chain no longer shows them.', {
        retryable: true,
      });
    return registered;
  }

  /** Mints the model of a drawn commitment. */
  async mint(commitId: Hex, params: MintParams): Promise<{ modelId: bigint; transaction: Hex }> {
    const before = await this.minted(commitId);
    if (before) return before;
    await this.sendOnce('mint', [params], 'ModelRegistry_CodeBookUsed');
    const after = await this.minted(commitId);
    if (!after)
      throw new OmlError('CHAIN_REVERTED', 'The model was minted, but the chain no longer shows it.', {
        retryable: true,
      });
    return after;
  }

  private async sendOnce(functionName: string, args: readonly unknown[], alreadyDone: string): Promise<void> {
    try {
      await this.send(functionName, args);
    } catch (error) {
      if (revertName(error) !== alreadyDone) throw error;
    }
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

  private async beacon(commitId: Hex): Promise<Hex | undefined> {
    const { publicClient, deployment } = this.chain;
    const beacon = await publicClient.readContract({
      address: deployment.contracts.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'beaconOf',
      args: [commitId],
    });
    return beacon === zeroHash ? undefined : beacon;
  }

  private async committed(commitId: Hex) {
    const [log] = await this.logs('CodeBookCommitted', commitId);
    return log && { beaconBlock: (log.args as { beaconBlock: bigint }).beaconBlock, transaction: log.transactionHash };
  }

  private async minted(commitId: Hex) {
    const [log] = await this.logs('ModelMinted', commitId);
    return log && { modelId: (log.args as { modelId: bigint }).modelId, transaction: log.transactionHash };
  }

  private logs(eventName: 'CodeBookCommitted' | 'ModelMinted', commitId: Hex) {
    const { publicClient, deployment } = this.chain;
    const where = {
      address: deployment.contracts.modelRegistry,
      fromBlock: BigInt(deployment.deployedAtBlock),
      strict: true,
    } as const;
    return publicClient.getContractEvents({ ...where, abi: modelRegistryAbi, eventName, args: { commitId } });
  }
}

/** The custom error behind a refused write, if there is one. */
function revertName(error: unknown): string | undefined {
  const name = isOmlError(error) ? error.details['errorName'] : undefined;
  return typeof name === 'string' ? name : undefined;
}
