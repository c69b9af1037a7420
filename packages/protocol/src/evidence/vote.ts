import { encodeAbiParameters, keccak256, type Address, type Hex } from 'viem';

/** What a juror commits before anybody may show a vote: bound to committee, juror and what it found. */
export interface Vote {
  committeeId: bigint;
  juror: Address;
  /** A number of `REPORT_OUTCOME`. */
  vote: number;
  evidenceHash: Hex;
  salt: Hex;
}

/** A juror's commitment (`contracts/src/Committees.sol`). */
export function voteCommitment(
  { committeeId, juror, vote, evidenceHash, salt }: Vote,
  { chainId, committees }: { chainId: number; committees: Address },
): Hex {
  const types = ['uint256', 'address', 'uint256', 'address', 'uint8', 'bytes32', 'bytes32'].map((type) => ({ type }));
  const values = [BigInt(chainId), committees, committeeId, juror, vote, evidenceHash, salt];
  return keccak256(encodeAbiParameters(types, values));
}
