import { claimCourtAbi, parametersAbi } from '@oml/contracts/abis';
import { decodeRevert, type Chain } from '@oml/service/chain';
import { encodeFunctionData, type Hex } from 'viem';
import { ensureAllowance } from './allowance.ts';
import { claimCommitment, type Item } from './claim-contents.ts';
import { revertName } from './reverted.ts';

export const CLAIM_STATE = { PROVING: 1, CONTESTED: 2, SLASHED: 3, PAID_LATE: 4, CLEARED: 5, LAPSED: 6 } as const;

export interface Reveal {
  functionName: 'revealUnpaidUse' | 'revealDisguisedUse';
  args: readonly [unknown, Hex];
}

/** The claim court as a claimant uses it. Every write looks first, so that doing it again after a crash neither repeats nor loses a claim. */
export class Court {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  values() {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({ address: deployment.contracts.parameters, abi: parametersAbi, functionName: 'values' });
  }

  scoreNeeded(): Promise<bigint> {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'scoreNeeded', args: [this.me] });
  }

  isSpent(keyHash: Hex, account: Hex): Promise<boolean> {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'isSpent', args: [keyHash, account] });
  }

  claim(claimId: bigint) {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'claim', args: [claimId] });
  }

  /** Time of the latest block, in Unix seconds: the only clock that the contracts know. */
  async now(): Promise<bigint> {
    return (await this.chain.publicClient.getBlock()).timestamp;
  }

  async anchor(root: Hex): Promise<Hex | undefined> {
    const anchoredAt = await this.chain.publicClient.readContract({ ...this.court, functionName: 'anchoredAt', args: [root] });
    return anchoredAt === 0n ? this.sendOnce('anchor', [root], 'ClaimCourt_AlreadyAnchored') : undefined;
  }

  commitmentOf(contentsHash: Hex, salt: Hex): Hex {
    const { chainId, contracts } = this.chain.deployment;
    return claimCommitment({ chainId, court: contracts.claimCourt }, this.me, contentsHash, salt);
  }

  /** Commits a claim; resolves to the block it stands in. */
  async commit(commitment: Hex): Promise<{ block: bigint; tx: Hex }> {
    const before = await this.committed(commitment);
    if (before) return before;
    await this.sendOnce('commitClaim', [commitment], 'ClaimCourt_AlreadyCommitted');
    return (await this.committed(commitment))!;
  }

  /** Reveals a committed claim and posts its bond. Finds the claim again where an earlier run revealed it. */
  async reveal(reveal: Reveal, committedAt: bigint): Promise<{ claimId: bigint; tx: Hex }> {
    const before = await this.revealed(reveal, committedAt);
    if (before) return before;
    await ensureAllowance(this.chain, this.court.address, (await this.values()).claimBond);
    await this.chain.send({ ...this.court, ...reveal });
    return (await this.revealed(reveal, committedAt))!;
  }

  /** Reveals without simulating: the transaction lands on chain even if the court refuses it. */
  async revealAnyway(reveal: Reveal): Promise<{ tx: Hex; isRefused: boolean; why?: string }> {
    await ensureAllowance(this.chain, this.court.address, (await this.values()).claimBond);
    const why = await this.whyRefused(reveal);
    const { transactionHash, status } = await this.chain.send({ ...this.court, ...reveal }, { force: true });
    return { tx: transactionHash, isRefused: status === 'reverted', ...(why ? { why } : {}) };
  }

  async prove(claimId: bigint, items: readonly Item[]): Promise<Hex> {
    return (await this.chain.send({ ...this.court, functionName: 'proveItems', args: [claimId, items] })).transactionHash;
  }

  /** Ends a claim, unless somebody did so before; the hash is that of the end. */
  async finalise(claimId: bigint): Promise<Hex | undefined> {
    const { state } = await this.claim(claimId);
    if (state === CLAIM_STATE.PROVING || state === CLAIM_STATE.CONTESTED) await this.sendOnce('finalise', [claimId], 'ClaimCourt_WrongState');
    const [end] = await this.events('ClaimFinalised', { claimId }, 0n);
    return end?.transactionHash;
  }

  private readonly committed = async (commitment: Hex) => {
    const log = (await this.events('ClaimCommitted', { commitment, claimant: this.me }, 0n)).at(-1);
    return log && { block: log.blockNumber, tx: log.transactionHash };
  };

  /** Our own reveal is the one whose call data is exactly this. */
  private async revealed(reveal: Reveal, fromBlock: bigint): Promise<{ claimId: bigint; tx: Hex } | undefined> {
    const input = encodeFunctionData({ abi: claimCourtAbi, ...reveal } as Parameters<typeof encodeFunctionData>[0]);
    for (const log of await this.events('ClaimRevealed', { claimant: this.me }, fromBlock)) {
      const transaction = await this.chain.publicClient.getTransaction({ hash: log.transactionHash });
      if (transaction.input === input) return { claimId: (log.args as { claimId: bigint }).claimId, tx: log.transactionHash };
    }
    return undefined;
  }

  private async whyRefused(reveal: Reveal): Promise<string | undefined> {
    const call = { ...this.court, ...reveal, account: this.me } as unknown as Parameters<typeof this.chain.publicClient.simulateContract>[0];
    return this.chain.publicClient.simulateContract(call).then(() => undefined, (error: unknown) => decodeRevert(error)?.errorName);
  }

  private async sendOnce(functionName: string, args: readonly unknown[], alreadyDone: string): Promise<Hex | undefined> {
    try {
      return (await this.chain.send({ ...this.court, functionName, args })).transactionHash;
    } catch (error) {
      if (revertName(error) !== alreadyDone) throw error;
      return undefined;
    }
  }

  private events(eventName: 'ClaimCommitted' | 'ClaimRevealed' | 'ClaimFinalised', args: Record<string, unknown>, fromBlock: bigint) {
    const start = BigInt(this.chain.deployment.deployedAtBlock);
    return this.chain.publicClient.getContractEvents({ ...this.court, eventName, args: args as never, fromBlock: fromBlock > start ? fromBlock : start, strict: true });
  }

  private get court() {
    return { address: this.chain.deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  }

  private get me(): Hex {
    return this.chain.account!.address;
  }
}
