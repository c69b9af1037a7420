import {
  claimCourtAbi,
  devDollarAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  revenueVaultAbi,
  termsRegistryAbi,
  titleBondsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { batchId as idOf, type BatchOpening } from '@oml/protocol/evidence/batch';
import { claimCommitment, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { AUTHORIZATION_TYPES } from '@oml/protocol/signed/authorization';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import { signBinding } from '@oml/protocol/signed/signer-binding';
import { pad, parseEventLogs, toHex, zeroHash, type Abi, type Address, type Hex, type TransactionReceipt } from 'viem';
import { BUYER, HOST, HOST_SIGNER, OWNER, VERIFIER, type DevChain } from './dev-chain.ts';

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

/** A receipt as evidence, with its digest. */
export type Proven = Awaited<ReturnType<Story['evidence']>>;

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
  uri: 'terms',
};

/** Drives the real contracts through what OML's parts do, so that the chain has something to index. */
export class Story {
  private readonly chain: DevChain;
  private nextSalt = 1n;

  constructor(chain: DevChain) {
    this.chain = chain;
  }

  private get at() {
    return this.chain.deployment.contracts;
  }

  private salt(): Hex {
    return pad(toHex(this.nextSalt++), { size: 32 });
  }

  private args<A>(receipt: TransactionReceipt, abi: Abi | readonly unknown[], eventName: string): A {
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

  /** Commits a code book and waits until its beacon can be drawn. */
  async commit(book: MintOptions['codeBook'] = { root: this.salt(), size: 256, commonSize: 64, bits: 4 }) {
    const codeBook = { ...book, poseidonRoot: zeroHash };
    const committed = await this.models('commitCodeBook', [codeBook]);
    await this.chain.mine(3);
    return {
      codeBook,
      commitId: this.args<{ commitId: Hex }>(committed, modelRegistryAbi, 'CodeBookCommitted').commitId,
    };
  }

  /** Commits a code book, draws its beacon and mints; returns the model's id. */
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
    const { codeBook, commitId } = await this.commit(book);
    await this.models('drawBeacon', [commitId]);
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

  async depositBond(amount: bigint): Promise<void> {
    await this.allow(amount);
    await this.licenses('depositBond', [HOST.address, amount]);
  }

  async bindSigner(): Promise<void> {
    const signature = await signBinding(HOST_SIGNER, HOST.address, {
      chainId: 31337,
      licenseRegistry: this.at.licenseRegistry,
    });
    await this.chain.send(HOST, {
      address: this.at.licenseRegistry,
      abi: licenseRegistryAbi,
      functionName: 'bindSigner',
      args: [HOST_SIGNER.address, signature],
    });
  }

  /** Accepts what a model offers of one kind, takes up its edition, and gives the vault its code. */
  async license(
    modelId: bigint,
    { endpoint = 'http://127.0.0.1:4301', deliver = true, kind = 0 } = {},
  ): Promise<{ licenseId: bigint; vault: Address }> {
    const termsId = await this.chain.publicClient.readContract({
      address: this.at.modelRegistry,
      abi: modelRegistryAbi,
      functionName: 'offerOf',
      args: [modelId, kind],
    });
    const params = { modelId, termsId, deposit: 0n, endpoint, encryptionKey: this.salt(), hostSalt: this.salt() };
    const accepted = await this.licenses('accept', [params]);
    const { licenseId, vault } = this.args<{ licenseId: bigint; vault: Address }>(
      accepted,
      licenseRegistryAbi,
      'LicenseAccepted',
    );
    if (deliver) {
      await this.licenses('deliver', [licenseId, 1, this.salt()], OWNER);
      await this.licenses('activate', [licenseId]);
    }
    await this.licenses('deployVault', [licenseId]);
    return { licenseId, vault };
  }

  /** Calls the license registry, as the host unless said otherwise. */
  licenses(functionName: string, args: readonly unknown[], who = HOST): Promise<TransactionReceipt> {
    return this.chain.send(who, { address: this.at.licenseRegistry, abi: licenseRegistryAbi, functionName, args });
  }

  async close(licenseId: bigint): Promise<void> {
    await this.licenses('close', [licenseId]);
  }

  /** Has the host allow the license registry to take this much. */
  async allow(amount: bigint): Promise<void> {
    await this.fund(HOST.address, amount);
    await this.chain.send(HOST, {
      address: this.at.token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [this.at.licenseRegistry, amount],
    });
  }

  /** BUYER pays the vault under a nonce and the payment is booked; returns its reference. */
  async book(vault: Address, { value = PRICE, nonce = this.salt() } = {}): Promise<Hex> {
    await this.fund(BUYER.address, value);
    const payment = { from: BUYER.address, value, validAfter: 0n, validBefore: 2n ** 48n, nonce };
    const signature = await BUYER.signTypedData({
      domain: { name: 'Dev Dollar', version: '1', chainId: 31337, verifyingContract: this.at.token },
      types: AUTHORIZATION_TYPES,
      primaryType: 'TransferWithAuthorization',
      message: { ...payment, to: vault },
    });
    await this.chain.send(HOST, {
      address: vault,
      abi: revenueVaultAbi,
      functionName: 'bookExact',
      args: [payment, signature],
    });
    return exactPaymentRef(this.at.token, BUYER.address, nonce);
  }

  async distribute(vault: Address): Promise<void> {
    await this.vault(vault, 'distribute');
  }

  /** Calls a vault. */
  vault(
    address: Address,
    functionName: 'distribute' | 'payHost' | 'payOwner' | 'payProtocol',
  ): Promise<TransactionReceipt> {
    return this.chain.send(HOST, { address, abi: revenueVaultAbi, functionName, args: [] });
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
    await this.chain.send(OWNER, {
      address: this.at.titleBonds,
      abi: titleBondsAbi,
      functionName: 'post',
      args: [modelId, amount],
    });
  }

  async stake(amount = 40_000_000n): Promise<void> {
    await this.fund(VERIFIER.address, amount * 2n);
    for (const spender of [this.at.verifierRegistry, this.at.claimCourt]) {
      await this.chain.send(VERIFIER, {
        address: this.at.token,
        abi: devDollarAbi,
        functionName: 'approve',
        args: [spender, 2n ** 255n],
      });
    }
    await this.chain.send(VERIFIER, {
      address: this.at.verifierRegistry,
      abi: verifierRegistryAbi,
      functionName: 'stake',
      args: [amount, this.salt()],
    });
    await this.court('deposit', [VERIFIER.address, 10_000_000n]);
  }

  /** Commits a batch of one item, draws and opens it. */
  async batch(modelId: bigint): Promise<Hex> {
    const registry = { address: this.at.verifierRegistry, abi: verifierRegistryAbi };
    const opening: BatchOpening = {
      account: HOST.address,
      modelId,
      release: 1,
      pairsRoot: this.salt(),
      itemCount: 1,
      salt: this.salt(),
    };
    const batchId = idOf(VERIFIER.address, opening);
    await this.chain.send(VERIFIER, { ...registry, functionName: 'commitBatch', args: [batchId] });
    await this.chain.mine(3);
    await this.chain.send(VERIFIER, { ...registry, functionName: 'drawBatch', args: [batchId] });
    await this.chain.send(VERIFIER, { ...registry, functionName: 'openBatch', args: [opening] });
    return batchId;
  }

  /** A receipt that HOST's signer gives VERIFIER for one use under `nonce`, anchored; as evidence for a claim. */
  async evidence(
    licenseId: bigint,
    { nonce = this.salt(), amount = PRICE, nonceSalt = this.salt(), queryHash = this.salt(), head = this.salt() } = {},
  ) {
    const receipt: Receipt = {
      licenseId,
      client: BUYER.address,
      requestNonce: requestNonce(VERIFIER.address, nonceSalt),
      queryHash,
      head,
      responseHash: this.salt(),
      paymentRef: exactPaymentRef(this.at.token, BUYER.address, nonce),
      amount,
      cumulative: amount,
      answeredAt: await this.chain.now(),
    };
    const adjudicator = { chainId: 31337, court: this.at.claimCourt };
    const { signature } = await signReceipt(receipt, HOST_SIGNER, adjudicator);
    const digest = receiptDigest(receipt, adjudicator);
    const tree = anchorTree([digest]);
    await this.court('anchor', [tree.root]);
    const signed = { receipt, signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest) };
    return { evidence: { signed, nonceSalt }, digest, nonce };
  }

  /**
   * Commits and reveals a claim of an unpaid use; returns the reveal's receipt, which says `reverted` where the court
   * refuses it.
   */
  accuse({ evidence, digest }: Proven): Promise<TransactionReceipt> {
    return this.reveal('revealUnpaidUse', unpaidUseHash(digest), evidence);
  }

  /** Commits to a claim's contents, waits until they may be revealed, and reveals them. */
  async reveal(
    functionName: 'revealUnpaidUse' | 'revealDisguisedUse',
    contentsHash: Hex,
    contents: unknown,
  ): Promise<TransactionReceipt> {
    const salt = this.salt();
    await this.court('commitClaim', [
      claimCommitment({ chainId: 31337, court: this.at.claimCourt, claimant: VERIFIER.address, contentsHash, salt }),
    ]);
    await this.chain.mine(4);
    return this.court(functionName, [contents, salt], true);
  }

  /** What answers or ends the claim of an unpaid use. */
  ending({ evidence: { signed, nonceSalt } }: Proven): unknown[] {
    return [signed.receipt, VERIFIER.address, nonceSalt];
  }

  async finalise(proven: Proven): Promise<void> {
    await this.chain.mine(8);
    await this.court('finaliseUnpaidUse', this.ending(proven));
  }

  court(functionName: string, args: readonly unknown[], force = false): Promise<TransactionReceipt> {
    return this.chain.send(VERIFIER, { address: this.at.claimCourt, abi: claimCourtAbi, functionName, args }, force);
  }
}
