import { claimCourtAbi } from '@oml/contracts/abis';
import { batchId } from '@oml/protocol/evidence/batch';
import { claimCommitment, disguisedUseHash, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest, type SignedReceipt } from '@oml/protocol/signed/receipt';
import { decodeRevert } from '@oml/service/chain';
import { keccak256, toHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { receiptEvidence } from './claim-contents.ts';

const VERIFIER = privateKeyToAccount(KEYS.VERIFIER);
const word = (n: number): Hex => keccak256(toHex(n));
const SALT = word(99);
let chain: DevChain;

beforeAll(async () => {
  chain = await startDevChain();
});
afterAll(() => chain?.stop());

const signed = (n: number): SignedReceipt => ({
  receipt: {
    licenseId: BigInt(n),
    client: VERIFIER.address,
    requestNonce: word(n),
    queryHash: word(n + 1),
    head: word(n + 2),
    responseHash: word(n + 3),
    paymentRef: word(n + 4),
    amount: 5n,
    cumulative: 7n,
    answeredAt: 1_700_000_000n,
  },
  signature: `0x${'ab'.repeat(65)}`,
});
const adjudicator = () => ({ chainId: chain.deployment.chainId, court: chain.deployment.contracts.claimCourt });
const all = [signed(1), signed(10), signed(20)];
const evidence = (i: number) => receiptEvidence(all[i]!, word(50 + i), all, adjudicator());
const commitmentTo = (contentsHash: Hex) =>
  claimCommitment({ ...adjudicator(), claimant: VERIFIER.address, contentsHash, salt: SALT });

/** The court refuses what nobody committed, and names the commitment that it computed itself. */
async function commitmentByCourt(
  functionName: 'revealUnpaidUse' | 'revealDisguisedUse',
  contents: readonly unknown[],
): Promise<string | undefined> {
  const { publicClient } = chain.as(KEYS.VERIFIER);
  const call = {
    address: chain.deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName,
    args: [...contents, SALT],
    account: VERIFIER,
  };
  return publicClient.simulateContract(call as never).then(
    () => undefined,
    (error: unknown) => {
      const revert = decodeRevert(error);
      expect(revert?.errorName).toBe('ClaimCourt_UnknownCommitment');
      return revert?.errorArgs['commitment'];
    },
  );
}

it('hashes an unpaid use as the court does', async () => {
  expect(await commitmentByCourt('revealUnpaidUse', [[evidence(0), evidence(2)]])).toBe(
    commitmentTo(unpaidUseHash([all[0]!, all[2]!].map(({ receipt }) => receiptDigest(receipt, adjudicator())))),
  );
});

it('hashes a disguised use as the court does', async () => {
  const about = { account: VERIFIER.address, modelId: 4n, release: 2, licenseIds: [5n] };
  const batch = { ...about, itemCount: 9, pairsRoot: word(1), salt: word(2) };
  expect(await commitmentByCourt('revealDisguisedUse', [batch, 3])).toBe(
    commitmentTo(disguisedUseHash(batchId(VERIFIER.address, batch), 3)),
  );
});
