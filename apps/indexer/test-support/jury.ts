import { blockBeaconAbi, committeesAbi } from '@oml/contracts/abis';
import { voteCommitment } from '@oml/protocol/evidence/vote';
import type { Hex, TransactionReceipt } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { OWNER, type InstantChain } from './instant-chain.ts';

const SALT: Hex = `0x${'5a'.repeat(32)}`;

/** A committee with every seat of it held by one juror. */
export class Jury {
  private readonly chain: InstantChain;
  private readonly juror: HDAccount;

  constructor(chain: InstantChain, juror: HDAccount) {
    this.chain = chain;
    this.juror = juror;
  }

  /** Waits for the round of a committee, posts it, and draws. */
  async draw(id: bigint): Promise<void> {
    const { committees, beacon } = this.chain.deployment.contracts;
    const { round } = await this.chain.publicClient.readContract({
      address: committees,
      abi: committeesAbi,
      functionName: 'committee',
      args: [id],
    });
    await this.chain.mine(4);
    const post = { address: beacon, abi: blockBeaconAbi, functionName: 'post', args: [round, '0x'] };
    await this.chain.send(OWNER, post);
    await this.call(OWNER, 'draw', [id, 64n]);
  }

  /** The juror votes; the votes are counted. */
  async hear(id: bigint, vote: number, evidenceUri = 'https://probes.example'): Promise<void> {
    await this.draw(id);
    const mine = { committeeId: id, juror: this.juror.address, vote, evidenceHash: SALT, salt: SALT };
    const { committees } = this.chain.deployment.contracts;
    await this.call(this.juror, 'commitVote', [id, voteCommitment(mine, { chainId: 31337, committees })]);
    await this.call(this.juror, 'revealVote', [id, vote, SALT, SALT, evidenceUri]);
    await this.call(OWNER, 'count', [id]);
  }

  call(from: HDAccount, functionName: string, args: readonly unknown[]): Promise<TransactionReceipt> {
    const { committees } = this.chain.deployment.contracts;
    return this.chain.send(from, { address: committees, abi: committeesAbi, functionName, args });
  }
}
