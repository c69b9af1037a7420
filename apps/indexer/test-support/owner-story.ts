import { blockBeaconAbi, devDollarAbi, modelRegistryAbi, termsRegistryAbi, titleBondsAbi } from '@oml/contracts/abis';
import {
  pad,
  parseEventLogs,
  toHex,
  zeroHash,
  type Abi,
  type Address,
  type HDAccount,
  type Hex,
  type TransactionReceipt,
} from 'viem';
import { OWNER, type InstantChain } from './instant-chain.ts';

export const PRICE = 10_000n;

export interface MintOptions {
  uri?: string;
  /** Of the SERVE terms that the model offers. */
  price?: bigint;
  bond?: bigint;
  codeBook?: { root: Hex; size: number; commonSize: number; bits: number };
  /** Terms ids by kind, where not one of SERVE terms alone. */
  offers?: [number, number, number];
  parents?: { modelId: bigint; licenseId: bigint }[];
  resaleBps?: number;
}

/** SERVE terms. */
export const TERMS = {
  kind: 0,
  mode: 0,
  derivatives: false,
  approvalNeeded: false,
  ownerShareBps: 4_000,
  slashBps: 5_000,
  royaltyBps: 0,
  period: 0,
  auditPeriod: 0,
  price: PRICE,
  bond: 50_000_000n,
  leakBond: 0n,
  childPrice: 0n,
  childBond: 0n,
  uri: 'terms',
};

/** DERIVE terms name what hosts of a child pay and put up at least: here what hosts of the model do. */
export const DERIVE_TERMS = {
  kind: 2,
  ownerShareBps: 10_000,
  royaltyBps: 700,
  derivatives: true,
  childPrice: PRICE,
  childBond: TERMS.bond,
};

/** What owners do: terms, code books, models. */
export class OwnerStory {
  protected readonly chain: InstantChain;
  private nextSalt = 1n;

  constructor(chain: InstantChain) {
    this.chain = chain;
  }

  protected get at() {
    return this.chain.deployment.contracts;
  }

  protected salt(): Hex {
    return pad(toHex(this.nextSalt++), { size: 32 });
  }

  protected args<A>(receipt: TransactionReceipt, abi: Abi | readonly unknown[], eventName: string): A {
    const [event] = parseEventLogs({ abi: abi as Abi, logs: receipt.logs, eventName });
    if (!event) throw new Error(`${eventName} was not logged`);
    return (event as unknown as { args: A }).args;
  }

  async fund(who: Address, amount: bigint): Promise<void> {
    await this.chain.send(OWNER, {
      address: this.at.token,
      abi: devDollarAbi,
      functionName: 'mint',
      args: [who, amount],
    });
  }

  /** Registers terms; returns their id. */
  async terms(changes: Partial<typeof TERMS> = {}): Promise<number> {
    const registry = { address: this.at.termsRegistry, abi: termsRegistryAbi } as const;
    const terms = { ...TERMS, ...changes };
    await this.chain.send(OWNER, { ...registry, functionName: 'register', args: [terms] });
    const { result } = await this.chain.publicClient.simulateContract({
      ...registry,
      functionName: 'register',
      args: [terms],
    });
    return result;
  }

  /** Calls the model registry as the models' owner. */
  models(functionName: string, args: readonly unknown[]): Promise<TransactionReceipt> {
    return this.chain.send(OWNER, { address: this.at.modelRegistry, abi: modelRegistryAbi, functionName, args });
  }

  /** Commits a code book for its fee, and waits until its round is posted. */
  async commit(book: MintOptions['codeBook'] = { root: this.salt(), size: 256, commonSize: 64, bits: 4 }) {
    const codeBook = { ...book, poseidonRoot: zeroHash };
    const fee = 1_000_000n;
    await this.fund(OWNER.address, fee);
    const { token, modelRegistry } = this.at;
    const approval = { abi: devDollarAbi, functionName: 'approve', args: [modelRegistry, fee] };
    await this.chain.send(OWNER, { address: token, ...approval });
    const committed = await this.models('commitCodeBook', [codeBook]);
    const { commitId, round } = this.args<{ commitId: Hex; round: bigint }>(
      committed,
      modelRegistryAbi,
      'CodeBookCommitted',
    );
    await this.postRound(round);
    return { codeBook, commitId };
  }

  async postRound(round: bigint): Promise<void> {
    await this.chain.mine(3);
    const post = { abi: blockBeaconAbi, functionName: 'post', args: [round, '0x'] };
    await this.chain.send(OWNER, { address: this.at.beacon, ...post });
  }

  /** Commits a code book, posts its round and mints; returns the model's id. */
  async publish({
    uri = 'http://127.0.0.1:9',
    price = PRICE,
    bond = 50_000_000n,
    codeBook: book,
    offers,
    parents = [],
    resaleBps = 0,
  }: MintOptions = {}): Promise<bigint> {
    const offered = offers ?? [await this.terms({ price, bond }), 0, 0];
    const { codeBook } = await this.commit(book);
    const digests = { weightsDigest: this.salt(), controlPanelDigest: zeroHash };
    const params = {
      codeBook,
      owner: OWNER.address,
      agent: OWNER.address,
      ...digests,
      offers: offered,
      parents,
      resaleBps,
      uri,
    };
    return this.args<{ modelId: bigint }>(await this.models('mint', [params]), modelRegistryAbi, 'ModelMinted').modelId;
  }

  /** OWNER vouches for the title of a model. */
  async postTitle(modelId: bigint, amount: bigint): Promise<void> {
    await this.fund(OWNER.address, amount);
    await this.chain.send(OWNER, {
      address: this.at.token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [this.at.titleBonds, amount],
    });
    await this.titles('post', OWNER, [modelId, amount]);
  }

  titles(functionName: string, who: HDAccount, args: readonly unknown[]): Promise<TransactionReceipt> {
    return this.chain.send(who, { address: this.at.titleBonds, abi: titleBondsAbi, functionName, args });
  }
}
