import { claimCourtAbi, devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/anchor';
import { receiptDigest } from '@oml/protocol/receipt';
import { bookExactCall, isBooked } from '@oml/sdk/booking';
import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { encodeAbiParameters, getAbiItem, keccak256, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, waitFor } from '../test/chain-fixture.ts';
import { gatewayEnv, giveDollars, startGateway } from '../test/host-fixture.ts';
import { buyerOptions, openScene, PRICE, PROMPT, type Scene } from '../test/scene.ts';
import { dollarsOf } from '../test/x402-fixture.ts';

const CLAIMANT = privateKeyToAccount(KEYS.CLAIMANT);
const PAID_LATE = 4;
let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

const env = (overrides: Record<string, string> = {}) => gatewayEnv(scene.chain, [scene.listing], overrides);
const buy = (url: string, claimant?: Address): Promise<Paid> =>
  createBuyer({ ...buyerOptions(scene.chain), ...(claimant ? { claimant } : {}) }).complete(url, { model: 'fable-mini', prompt: PROMPT, maxTokens: 4, temperature: 0 });
const booked = ({ signedReceipt }: Paid) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);
const bookings = () => {
  const { publicClient } = scene.chain.as(KEYS.BUYER);
  return publicClient.getContractEvents({ address: scene.vault, abi: revenueVaultAbi, eventName: 'Booked', fromBlock: 0n });
};

describe('a host that books promptly', () => {
  it('books every payment once, distributes, and is paid its share', async () => {
    const before = await dollarsOf(scene.chain, HOST.address);
    const gateway = await startGateway(env(), { loops: true });
    const uses = [await buy(gateway.url), await buy(gateway.url)];
    await waitFor(async () => (await Promise.all(uses.map(booked))).every(Boolean));
    const afterFees = (PRICE * 2n * 9_500n) / 10_000n;
    const share = afterFees - (afterFees * 3_000n) / 10_000n;
    await waitFor(async () => (await dollarsOf(scene.chain, HOST.address)) - before >= share);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect((await bookings()).map(({ args }) => args.paymentRef).sort()).toEqual(uses.map(({ payment }) => payment.paymentRef).sort());
    await gateway.stop();
  });

  it('books after a restart what it had not booked before', async () => {
    const settings = env();
    const first = await startGateway(settings);
    const use = await buy(first.url);
    await first.stop();
    expect(await booked(use)).toBe(false);
    const second = await startGateway(settings, { loops: true });
    await waitFor(() => booked(use));
    await second.stop();
  });

  it('sends nothing for a payment that somebody else booked', async () => {
    const settings = env();
    const gateway = await startGateway(settings);
    const use = await buy(gateway.url);
    await gateway.stop();
    await scene.chain.as(KEYS.OUTSIDER).send(bookExactCall(use.payment));
    const count = (await bookings()).length;
    const again = await startGateway(settings, { loops: true });
    await waitFor(async () => (await vaultOwes()) === 0n);
    await again.stop();
    expect(await bookings()).toHaveLength(count);
  });
});

/** What lies in the vault and is not split yet. */
function vaultOwes(): Promise<bigint> {
  const { publicClient } = scene.chain.as(KEYS.BUYER);
  return publicClient.readContract({ address: scene.vault, abi: revenueVaultAbi, functionName: 'undistributed' });
}

describe('a host that books only when contested', () => {
  it('leaves payments unbooked, books the contested one at once, and pays late', async () => {
    const gateway = await startGateway(env({ BOOKING: 'when-contested' }), { loops: true });
    const [contested, quiet] = [await buy(gateway.url, CLAIMANT.address), await buy(gateway.url, CLAIMANT.address)];
    const claimId = await claimUnpaidUse(contested, async () => {
      expect(await booked(contested)).toBe(false);
    });
    await waitFor(() => booked(contested), 10_000);
    expect(await booked(quiet)).toBe(false);
    expect(await finalise(claimId)).toBe(PAID_LATE);
    await gateway.stop();
  });
});

/** CLAIMANT anchors, commits, waits until the receipt is old enough, and reveals: the real thing. */
async function claimUnpaidUse({ signedReceipt, nonceSalt }: Paid, beforeReveal: () => Promise<void>): Promise<bigint> {
  await giveDollars(scene.chain, CLAIMANT.address);
  const { send, deployment, publicClient } = scene.chain.as(KEYS.CLAIMANT);
  const { claimCourt, token } = deployment.contracts;
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const { receipt, signature } = signedReceipt;
  const digest = receiptDigest(receipt, { chainId: deployment.chainId, court: claimCourt });
  const tree = anchorTree([digest]);
  await send({ ...court, functionName: 'anchor', args: [tree.root as Hex] });
  const contents = { receipts: [{ receipt, signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest), nonceSalt: nonceSalt! }] };
  const [contentsType] = getAbiItem({ abi: claimCourtAbi, name: 'revealUnpaidUse' }).inputs;
  const contentsHash = keccak256(encodeAbiParameters([{ type: 'uint8' }, contentsType], [1, contents]));
  const salt = receipt.queryHash;
  const types = [{ type: 'uint256' }, { type: 'address' }, { type: 'address' }, { type: 'bytes32' }, { type: 'bytes32' }] as const;
  await send({ ...court, functionName: 'commitClaim', args: [keccak256(encodeAbiParameters(types, [BigInt(deployment.chainId), claimCourt, CLAIMANT.address, contentsHash, salt]))] });
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [claimCourt, 10_000_000n] });
  await waitFor(async () => (await publicClient.getBlock()).timestamp > receipt.answeredAt + 13n);
  await beforeReveal();
  await send({ ...court, functionName: 'revealUnpaidUse', args: [contents, salt] });
  return publicClient.readContract({ ...court, functionName: 'claimCount' });
}

async function finalise(claimId: bigint): Promise<number> {
  const { send, deployment, publicClient } = scene.chain.as(KEYS.CLAIMANT);
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const { answerBy } = await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] });
  await waitFor(async () => (await publicClient.getBlock()).timestamp > answerBy);
  await send({ ...court, functionName: 'finalise', args: [claimId] });
  return (await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] })).state;
}
