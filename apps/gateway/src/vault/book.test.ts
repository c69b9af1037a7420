import { claimCourtAbi, devDollarAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { anchorProof, anchorTree } from '@oml/protocol/evidence/anchor';
import { claimCommitment, unpaidUseHash } from '@oml/protocol/evidence/claim';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import { bookExactCall, isBooked } from '@oml/sdk/booking';
import { createBuyer, type Paid } from '@oml/sdk/buyer';
import type { Address, Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { HOST, KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { gatewayEnv, giveDollars, startGateway } from '../../test-support/host-fixture.ts';
import { buyerOptions, openScene, PRICE, PROMPT, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';

const CLAIMANT = privateKeyToAccount(KEYS.CLAIMANT);
const CONTESTED = 2;
const PAID_LATE = 4;
let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

const env = (overrides: Record<string, string> = {}) => gatewayEnv(scene.chain, [scene.listing], overrides);
const buy = (url: string, claimant?: Address): Promise<Paid> =>
  createBuyer({ ...buyerOptions(scene.chain), ...(claimant ? { claimant } : {}) }).complete(url, {
    model: 'fable-mini',
    prompt: PROMPT,
    maxTokens: 4,
    temperature: 0,
  });
const booked = ({ signedReceipt }: Paid) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);
const bookings = () => {
  const { publicClient } = scene.chain.as(KEYS.BUYER);
  return publicClient.getContractEvents({
    address: scene.vault,
    abi: revenueVaultAbi,
    eventName: 'Booked',
    fromBlock: 0n,
  });
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
    expect((await bookings()).map(({ args }) => args.paymentRef).sort()).toEqual(
      uses.map(({ payment }) => payment.paymentRef).sort(),
    );
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
  it('leaves payments unbooked, books and answers the contested one at once, and pays late', async () => {
    const gateway = await startGateway(env({ BOOKING: 'when-contested' }), { loops: true });
    const [contested, quiet] = [await buy(gateway.url, CLAIMANT.address), await buy(gateway.url, CLAIMANT.address)];
    const claimId = await claimUnpaidUse(contested, async () => {
      expect(await booked(contested)).toBe(false);
    });
    await waitFor(async () => (await stateOf(claimId)) === PAID_LATE, 10_000);
    expect([await booked(contested), await booked(quiet)]).toEqual([true, false]);
    await gateway.stop();
  });

  it('answers after a restart what somebody else booked while it was down', async () => {
    const settings = env({ BOOKING: 'when-contested' });
    const first = await startGateway(settings);
    const contested = await buy(first.url, CLAIMANT.address);
    await first.stop();
    const claimId = await claimUnpaidUse(contested, async () => {});
    await scene.chain.as(KEYS.OUTSIDER).send(bookExactCall(contested.payment));
    expect(await stateOf(claimId)).toBe(CONTESTED);
    const second = await startGateway(settings, { loops: true });
    await waitFor(async () => (await stateOf(claimId)) === PAID_LATE, 10_000);
    await second.stop();
  });
});

async function stateOf(claimId: Hex): Promise<number> {
  const { publicClient, deployment } = scene.chain.as(KEYS.CLAIMANT);
  return (
    await publicClient.readContract({
      address: deployment.contracts.claimCourt,
      abi: claimCourtAbi,
      functionName: 'claim',
      args: [claimId],
    })
  ).state;
}

/** CLAIMANT anchors, commits, waits until the receipt is old enough, and reveals: the real thing. */
async function claimUnpaidUse(
  { signedReceipt: { receipt, signature }, nonceSalt }: Paid,
  beforeReveal: () => Promise<void>,
): Promise<Hex> {
  await giveDollars(scene.chain, CLAIMANT.address);
  const {
    send,
    deployment: {
      chainId,
      contracts: { claimCourt, token },
    },
    publicClient,
  } = scene.chain.as(KEYS.CLAIMANT);
  const court = { address: claimCourt, abi: claimCourtAbi } as const;
  const digest = receiptDigest(receipt, { chainId, court: claimCourt });
  const tree = anchorTree([digest]);
  await send({ ...court, functionName: 'anchor', args: [tree.root as Hex] });
  const salt = receipt.queryHash;
  await send({
    ...court,
    functionName: 'commitClaim',
    args: [
      claimCommitment({
        chainId,
        court: claimCourt,
        claimant: CLAIMANT.address,
        contentsHash: unpaidUseHash(digest),
        salt,
      }),
    ],
  });
  await send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [claimCourt, 10_000_000n] });
  await send({ ...court, functionName: 'deposit', args: [CLAIMANT.address, 1_000_000n] });
  await waitFor(async () => (await publicClient.getBlock()).timestamp > receipt.answeredAt + 13n);
  await beforeReveal();
  const signed = { receipt, signature, anchorRoot: tree.root as Hex, anchorProof: anchorProof(tree, digest) };
  await send({ ...court, functionName: 'revealUnpaidUse', args: [{ signed, nonceSalt: nonceSalt! }, salt] });
  return digest;
}
