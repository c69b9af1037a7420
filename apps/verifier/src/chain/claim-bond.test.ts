import { claimCourtAbi, devDollarAbi, parametersAbi } from '@oml/contracts/abis';
import { maxUint256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeEach, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { fund } from '../../test-support/market.ts';
import { claimBondOf } from './claim-bond.ts';

const VERIFIER = privateKeyToAccount(KEYS.VERIFIER).address;
let chain: DevChain;
let bond: bigint;
const court = () => ({ address: chain.deployment.contracts.claimCourt, abi: claimCourtAbi }) as const;
const inCourt = () =>
  chain.as(KEYS.VERIFIER).publicClient.readContract({ ...court(), functionName: 'balanceOf', args: [VERIFIER] });

/** The court holds one bond of the verifier: whoever looks finds enough for its claim. */
beforeEach(async () => {
  await chain?.stop();
  chain = await startDevChain();
  const { contracts } = chain.deployment;
  const { publicClient, send } = chain.as(KEYS.VERIFIER);
  const values = { address: contracts.parameters, abi: parametersAbi, functionName: 'values' } as const;
  bond = (await publicClient.readContract(values)).rates.claimBond;
  await fund(chain, KEYS.VERIFIER, 100n);
  const allowed = [contracts.claimCourt, maxUint256] as const;
  await send({ address: contracts.token, abi: devDollarAbi, functionName: 'approve', args: allowed });
  await send({ ...court(), functionName: 'deposit', args: [VERIFIER, bond] });
});
afterAll(() => chain?.stop());

/** Another process of the verifier; what takes its bond is what takes it in a claim, too: `Money.debit`. */
function openProcess() {
  const own = chain.as(KEYS.VERIFIER);
  const posting = claimBondOf(own, VERIFIER);
  return () => posting(() => own.send({ ...court(), functionName: 'withdraw', args: [bond, VERIFIER] }));
}

it('claims that are revealed at once each have a bond of their own', async () => {
  const reveal = openProcess();
  const receipts = await Promise.all([reveal(), reveal(), reveal()]);
  expect(receipts.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
  expect(await inCourt()).toBe(0n);
});

it('and so have those of several processes', async () => {
  const receipts = await Promise.all([openProcess(), openProcess(), openProcess()].map((reveal) => reveal()));
  expect(receipts.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
});

it('what is refused for another reason is refused', async () => {
  const own = chain.as(KEYS.VERIFIER);
  const args = ['0x'.padEnd(66, '0') as `0x${string}`] as const;
  const posting = claimBondOf(own, VERIFIER);
  const reveal = () => own.send({ ...court(), functionName: 'commitClaim', args });
  await posting(reveal);
  await expect(posting(reveal)).rejects.toThrow('refused by the contract');
});
