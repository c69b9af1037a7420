import { devDollarAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { isBooked } from '@oml/sdk/booking';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BUYER, controlsOf, HOST, KEYS, OUTSIDER, OWNER, waitFor } from '../../test-support/chain-fixture.ts';
import { CLAIMANT, claimState, claimUnpaidUse, finaliseUnpaidUse } from '../../test-support/claims.ts';
import { gatewayEnv, giveDollars, startGateway } from '../../test-support/host-fixture.ts';
import { buyAt, openScene, PRICE, type Scene } from '../../test-support/scene.ts';
import { dollarsOf } from '../../test-support/x402-fixture.ts';

const run = promisify(execFile);
let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

/** The gas account of the gateway that comes back; it has dollars, and no nonces that a rollback took. */
const BACK = { GAS_KEY: KEYS.OUTSIDER };

const accountOf = () => {
  const { publicClient, deployment } = scene.chain.as(KEYS.BUYER);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  return publicClient.readContract({ ...registry, functionName: 'accountOf', args: [HOST.address] });
};

/** An answer whose payment a rollback took back while the gateway was down; its payer has spent the money since. */
async function drainedUse(gasKey: Hex) {
  const { chain } = scene;
  const settings = gatewayEnv(chain, [scene.listing], { GAS_KEY: gasKey });
  await giveDollars(chain, BUYER.address, 10n * PRICE);
  const gateway = await startGateway(settings);
  await controlsOf(chain).mine({ blocks: 8 });
  const use = await buyAt(chain, gateway.url, { claimant: CLAIMANT.address });
  await gateway.stop();
  const { publicClient, send, deployment } = chain.as(KEYS.BUYER);
  const { blockNumber } = await publicClient.getTransactionReceipt({ hash: use.payment.tx! });
  const depth = Number((await publicClient.getBlockNumber()) - blockNumber) + 2;
  await controlsOf(chain).request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
  const all = await dollarsOf(chain, BUYER.address);
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  await send({ ...token, functionName: 'transfer', args: [OWNER.address, all] });
  expect(await isBooked(chain.as(KEYS.BUYER), use.signedReceipt.receipt)).toBe(false);
  return { settings, use };
}

describe('a host drained during an outage', () => {
  it('pays the shortfall and keeps its bond', async () => {
    const { chain } = scene;
    const { settings, use } = await drainedUse(KEYS.GAS);
    const claimId = await claimUnpaidUse(chain, use);
    const { bond } = await accountOf();
    await giveDollars(chain, OUTSIDER.address, 10n * PRICE);
    const before = await dollarsOf(chain, OUTSIDER.address);

    const gateway = await startGateway({ ...settings, ...BACK }, { loops: true });
    await waitFor(() => isBooked(chain.as(KEYS.BUYER), use.signedReceipt.receipt));
    await gateway.stop();
    await finaliseUnpaidUse(chain, claimId, use);

    expect(await claimState(chain, claimId)).toBe(CLAIM_STATE.PAID_LATE);
    expect(before - (await dollarsOf(chain, OUTSIDER.address))).toBe(PRICE);
    const after = await accountOf();
    expect(after.contested).toBe(0n);
    // The late fee, and no slash: half the bond would have been one.
    expect(bond - after.bond).toBeLessThan(bond / 10n);
  });

  it('pays no more than it was allowed to; then anyone may, by the command', async () => {
    const { chain } = scene;
    const { settings, use } = await drainedUse(KEYS.POOR_SIGNER);
    const claimId = await claimUnpaidUse(chain, use);
    await giveDollars(chain, OUTSIDER.address, 10n * PRICE);
    const before = await dollarsOf(chain, OUTSIDER.address);
    const gateway = await startGateway({ ...settings, ...BACK, SHORTFALL_LIMIT: String(PRICE - 1n) }, { loops: true });
    await new Promise((resolve) => setTimeout(resolve, 4_000));
    await gateway.stop();
    expect(await claimState(chain, claimId)).toBe(CLAIM_STATE.CONTESTED);
    expect(await dollarsOf(chain, OUTSIDER.address)).toBe(before);

    const { licenseId, paymentRef, client, cumulative } = use.signedReceipt.receipt;
    const named = ['--license', String(licenseId), '--payment', paymentRef, '--client', client];
    const command = (most: bigint) =>
      run('node', ['src/shortfall.ts', ...named, '--total', String(cumulative), '--most', String(most)], {
        cwd: join(import.meta.dirname, '../..'),
        env: { ...process.env, ...settings, ...BACK },
      });
    await expect(command(PRICE - 1n)).rejects.toMatchObject({ code: 1 });
    expect((await command(PRICE)).stdout).toMatch(/^Paid \$0\.0015: 0x/);
    expect((await command(PRICE)).stdout).toBe('It is booked already.\n');
    expect(await isBooked(chain.as(KEYS.BUYER), use.signedReceipt.receipt)).toBe(true);
  });
});
