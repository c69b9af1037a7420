import { modelRegistryAbi, parametersAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { sendOnce } from '@oml/program/look-first';
import { readLogs } from '@oml/program/read-logs';
import { ensureAllowance } from '@oml/service/allowance';
import type { Chain } from '@oml/service/chain';
import {
  encodeAbiParameters,
  keccak256,
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

  constructor(chain: Chain) {
    this.chain = chain;
  }

  /** Commits a code book for its fee; resolves to the round of the beacon that it names. */
  commit(commitId: Hex, codeBook: CommittedCodeBook): Promise<{ round: bigint; tx: Hex }> {
    return sendOnce({
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

  /** The id of terms, registered if nobody did before. */
  termsId(terms: Terms): Promise<number> {
    const { publicClient, deployment } = this.chain;
    const registry = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
    const termsHash = keccak256(encodeAbiParameters(TERMS, [terms]));
    const idAt = (blockTag: 'latest' | 'pending') =>
      publicClient.readContract({ ...registry, functionName: 'idOf', args: [termsHash], blockTag });
    return sendOnce({
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
    return sendOnce({
      alreadyDone: async () => {
        const [log] = await this.logs('ModelMinted', commitId);
        return log && { modelId: (log.args as { modelId: bigint }).modelId, tx: log.transactionHash };
      },
      send: () => this.send('mint', [params]),
    });
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

  private async logs(eventName: 'CodeBookCommitted' | 'ModelMinted', commitId: Hex) {
    const { publicClient, deployment } = this.chain;
    const where = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi, eventName } as const;
    return readLogs({
      fromBlock: BigInt(deployment.deployedAtBlock),
      toBlock: await publicClient.getBlockNumber(),
      read: (range) => publicClient.getContractEvents({ ...where, args: { commitId }, strict: true, ...range }),
    });
  }
}
