import { claimCourtAbi, parametersAbi } from '@oml/contracts/abis';
import { claimCommitment } from '@oml/protocol/evidence/claim';
import { decodeRevert, type Chain } from '@oml/service/chain';
import type { Hex } from 'viem';
import { ensureAllowance } from './allowance.ts';
import { openLead } from './open-lead.ts';
import { revertName } from './reverted.ts';

export const CLAIM_STATE = {
  NONE: 0,
  PROVING: 1,
  CONTESTED: 2,
  SLASHED: 3,
  PAID_LATE: 4,
  CLEARED: 5,
  LAPSED: 6,
} as const;

/** A call of the court that makes, proves or ends a claim. */
export interface ClaimCall {
  functionName:
    'revealUnpaidUse' | 'revealDisguisedUse' | 'proveItems' | 'admit' | 'finaliseUnpaidUse' | 'finaliseDisguisedUse';
  args: readonly unknown[];
}

/**
 * The claim court as a claimant uses it. A claim is known by the digest of the receipt it accuses, or by its batch.
 * Every write looks first,
 * so that doing it again after a crash neither repeats nor loses a claim.
 */
export class Court {
  private readonly chain: Chain;

  constructor(chain: Chain) {
    this.chain = chain;
  }

  values() {
    const { publicClient, deployment } = this.chain;
    return publicClient.readContract({
      address: deployment.contracts.parameters,
      abi: parametersAbi,
      functionName: 'values',
    });
  }

  scoreNeeded(): Promise<bigint> {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'scoreNeeded', args: [this.me] });
  }

  /** Did an admitted claim on this account use up a key of this code book? */
  isSpent(account: Hex, modelId: bigint, release: number, keyIndex: number): Promise<boolean> {
    return this.chain.publicClient.readContract({
      ...this.court,
      functionName: 'isSpent',
      args: [account, modelId, release, BigInt(keyIndex)],
    });
  }

  claim(claimId: Hex) {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'claim', args: [claimId] });
  }

  /** What is known of a claim of disguised use beyond that. */
  proof(claimId: Hex) {
    return this.chain.publicClient.readContract({ ...this.court, functionName: 'proof', args: [claimId] });
  }

  /** Time of the latest block, in Unix seconds: the only clock that the contracts know. */
  async now(): Promise<bigint> {
    return (await this.chain.publicClient.getBlock()).timestamp;
  }

  async anchor(root: Hex): Promise<Hex | undefined> {
    const anchoredAt = await this.chain.publicClient.readContract({
      ...this.court,
      functionName: 'anchoredAt',
      args: [root],
    });
    return anchoredAt === 0
      ? this.sendOnce({ functionName: 'anchor', args: [root] }, 'ClaimCourt_AlreadyAnchored')
      : undefined;
  }

  commitmentOf(contentsHash: Hex, salt: Hex): Hex {
    const { chainId, contracts } = this.chain.deployment;
    return claimCommitment({ chainId, court: contracts.claimCourt, claimant: this.me, contentsHash, salt });
  }

  /** Commits a claim; resolves to the block it stands in. */
  async commit(commitment: Hex): Promise<{ block: bigint; tx: Hex }> {
    const before = await this.committed(commitment);
    if (before) return before;
    await this.sendOnce({ functionName: 'commitClaim', args: [commitment] }, 'ClaimCourt_AlreadyCommitted');
    return (await this.committed(commitment))!;
  }

  /** Reveals a committed claim and posts its bond; nothing where an earlier run revealed it. */
  async reveal(claimId: Hex, reveal: ClaimCall): Promise<Hex> {
    const { state } = await this.claim(claimId);
    if (state === CLAIM_STATE.NONE || state === CLAIM_STATE.LAPSED) {
      await this.ensureBalance();
      await this.send(reveal);
    }
    return (await this.revealed(claimId))!;
  }

  /** Reveals without simulating: the transaction lands on chain even if the court refuses it. */
  async revealAnyway(reveal: ClaimCall): Promise<{ tx: Hex; isRefused: boolean; why?: string }> {
    await this.ensureBalance();
    const why = await this.whyRefused(reveal);
    const { transactionHash, status } = await this.chain.send({ ...this.court, ...reveal }, { force: true });
    return { tx: transactionHash, isRefused: status === 'reverted', ...(why ? { why } : {}) };
  }

  /** The next step of a claim of ours. */
  async send(call: ClaimCall): Promise<Hex> {
    return (await this.chain.send({ ...this.court, ...call })).transactionHash;
  }

  /**
   * Ends a claim, unless somebody did so before; the hash is that of the end. What was opened against the account first
   * is ended first.
   */
  async finalise(claimId: Hex, account: Hex, end: ClaimCall): Promise<Hex | undefined> {
    const { state } = await this.claim(claimId);
    if (state === CLAIM_STATE.PROVING || state === CLAIM_STATE.CONTESTED) {
      try {
        await this.sendOnce(end, 'ClaimCourt_WrongState');
      } catch (error) {
        if (revertName(error) !== 'ClaimCourt_PotOpenerFirst') throw error;
        const lead = await openLead(this.chain, account);
        if (lead) await this.sendOnce(lead, 'ClaimCourt_WrongState');
        await this.sendOnce(end, 'ClaimCourt_WrongState');
      }
    }
    return (await this.events('ClaimFinalised', { claimId })).at(-1)?.transactionHash;
  }

  /** Keeps enough in the court for one more claim bond. A bond that comes back stays there for the next. */
  private async ensureBalance(): Promise<void> {
    const [balance, { rates }] = await Promise.all([
      this.chain.publicClient.readContract({ ...this.court, functionName: 'balanceOf', args: [this.me] }),
      this.values(),
    ]);
    if (balance >= rates.claimBond) return;
    const missing = rates.claimBond - balance;
    await ensureAllowance(this.chain, this.court.address, missing);
    await this.chain.send({ ...this.court, functionName: 'deposit', args: [this.me, missing] });
  }

  private readonly committed = async (commitment: Hex) => {
    const log = (await this.events('ClaimCommitted', { commitment, claimant: this.me })).at(-1);
    return log && { block: log.blockNumber, tx: log.transactionHash };
  };

  private async revealed(claimId: Hex): Promise<Hex | undefined> {
    const logs = await Promise.all([
      this.events('UnpaidUseClaimed', { claimId }),
      this.events('DisguisedUseClaimed', { claimId }),
    ]);
    return logs.flat().at(-1)?.transactionHash;
  }

  private async whyRefused(reveal: ClaimCall): Promise<string | undefined> {
    const call = { ...this.court, ...reveal, account: this.me } as unknown as Parameters<
      typeof this.chain.publicClient.simulateContract
    >[0];
    return this.chain.publicClient.simulateContract(call).then(
      () => undefined,
      (error: unknown) => decodeRevert(error)?.errorName,
    );
  }

  private async sendOnce(
    call: { functionName: string; args: readonly unknown[] },
    alreadyDone: string,
  ): Promise<Hex | undefined> {
    try {
      return (await this.chain.send({ ...this.court, ...call })).transactionHash;
    } catch (error) {
      if (revertName(error) !== alreadyDone) throw error;
      return undefined;
    }
  }

  private events(
    eventName: 'ClaimCommitted' | 'UnpaidUseClaimed' | 'DisguisedUseClaimed' | 'ClaimFinalised',
    args: Record<string, unknown>,
  ) {
    const fromBlock = BigInt(this.chain.deployment.deployedAtBlock);
    return this.chain.publicClient.getContractEvents({
      ...this.court,
      eventName,
      args: args as never,
      fromBlock,
      strict: true,
    });
  }

  private get court() {
    return { address: this.chain.deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  }

  private get me(): Hex {
    return this.chain.account!.address;
  }
}
