import {
  blockBeaconAbi,
  claimCourtAbi,
  devDollarAbi,
  inspectionPoolsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { batchId as idOf, openingHash, type BatchOpening } from '@oml/protocol/evidence/batch';
import { claimCommitment, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import type { Hex, TransactionReceipt } from 'viem';
import { BUYER, HOST, HOST_SIGNER, OUTSIDER, OWNER, VERIFIER } from './instant-chain.ts';
import { HostStory } from './host-story.ts';
import { PRICE } from './owner-story.ts';

/** A receipt as evidence, with its digest. */
export type Proven = Awaited<ReturnType<Story['evidence']>>;

/**
 * Drives the real contracts through what OML's parts do, so that the chain has something to index; here what verifiers
 * do.
 */
export class Story extends HostStory {
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

  /** Commits a batch and posts its round; returns the value that draws its keys. */
  async draw(opening: BatchOpening): Promise<Hex> {
    const registry = { address: this.at.verifierRegistry, abi: verifierRegistryAbi };
    await this.chain.send(VERIFIER, { ...registry, functionName: 'commitBatch', args: [openingHash(opening)] });
    const { publicClient } = this.chain;
    const args = [idOf(VERIFIER.address, opening)] as const;
    const { round } = await publicClient.readContract({ ...registry, functionName: 'batch', args });
    await this.postRound(round);
    const rounds = { address: this.at.beacon, abi: blockBeaconAbi } as const;
    return publicClient.readContract({ ...rounds, functionName: 'valueOf', args: [round] });
  }

  /** Commits a batch of one item, draws and opens it, and has it paid for out of the model's pool. */
  async batch(modelId: bigint): Promise<Hex> {
    const registry = { address: this.at.verifierRegistry, abi: verifierRegistryAbi };
    const opening: BatchOpening = {
      account: HOST.address,
      modelId,
      release: 1,
      licenseIds: [],
      itemCount: 1,
      pairsRoot: this.salt(),
      salt: this.salt(),
    };
    const batchId = idOf(VERIFIER.address, opening);
    await this.draw(opening);
    await this.chain.send(VERIFIER, { ...registry, functionName: 'openBatch', args: [opening] });
    const pools = { address: this.at.inspectionPools, abi: inspectionPoolsAbi };
    await this.fund(this.at.inspectionPools, 150_000n);
    await this.chain.send(OUTSIDER, { ...pools, functionName: 'feed', args: [modelId] });
    const args = [VERIFIER.address, opening, 100_000n];
    await this.chain.send(OWNER, { ...pools, functionName: 'payBatch', args });
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
    return this.reveal('revealUnpaidUse', unpaidUseHash([digest]), [[evidence]]);
  }

  /** Commits to a claim's contents, waits until they may be revealed, and reveals them. */
  async reveal(
    functionName: 'revealUnpaidUse' | 'revealDisguisedUse',
    contentsHash: Hex,
    contents: readonly unknown[],
  ): Promise<TransactionReceipt> {
    const salt = this.salt();
    await this.court('commitClaim', [
      claimCommitment({ chainId: 31337, court: this.at.claimCourt, claimant: VERIFIER.address, contentsHash, salt }),
    ]);
    await this.chain.mine(4);
    return this.court(functionName, [...contents, salt], true);
  }

  /** What ends the claim of an unpaid use. */
  ending({ evidence: { signed, nonceSalt } }: Proven): unknown[] {
    return [[signed.receipt], VERIFIER.address, nonceSalt];
  }

  async finalise(proven: Proven): Promise<void> {
    await this.chain.mine(8);
    await this.court('finaliseUnpaidUse', this.ending(proven));
  }

  court(functionName: string, args: readonly unknown[], force = false): Promise<TransactionReceipt> {
    return this.chain.send(VERIFIER, { address: this.at.claimCourt, abi: claimCourtAbi, functionName, args }, force);
  }
}
