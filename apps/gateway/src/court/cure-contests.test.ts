import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { bookExactCall } from '@oml/sdk/booking';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, waitFor } from '../../test-support/chain-fixture.ts';
import { CLAIMANT, claimState, claimUnpaidUse, finaliseUnpaidUse, suspends } from '../../test-support/claims.ts';
import { gatewayEnv, startGateway } from '../../test-support/host-fixture.ts';
import { buyAt, openScene, type Scene } from '../../test-support/scene.ts';
import { overtaken } from '../../test-support/strangers.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

/**
 * A use that a stranger broadcast and the gateway never booked, because it was down; the claim against it; its
 * settings.
 */
async function contestedUse() {
  const settings = gatewayEnv(scene.chain, [scene.listing], { CREDIT_STRANGERS: 'true' });
  const first = await startGateway(settings);
  const use = await buyAt(scene.chain, first.url, { claimant: CLAIMANT.address, fetch: overtaken(scene.chain) });
  await first.stop();
  const claimId = await claimUnpaidUse(scene.chain, use);
  return { settings, use, claimId, end: () => finaliseUnpaidUse(scene.chain, claimId, use) };
}

describe('a gateway that comes back to a claim against it', () => {
  it('books the contested payment, and pays late', async () => {
    const { settings, claimId, end } = await contestedUse();
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.CONTESTED);
    const gateway = await startGateway(settings, { loops: true });
    await end();
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.PAID_LATE);
    await gateway.stop();
  });

  it('has nothing to do where somebody else booked while it was down', async () => {
    const { use, claimId, end } = await contestedUse();
    await scene.chain.as(KEYS.OUTSIDER).send(bookExactCall(use.payment));
    await end();
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.PAID_LATE);
  });

  it('books what was slashed, and has the suspension lifted', async () => {
    const { settings, claimId, end } = await contestedUse();
    await end();
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.SLASHED);
    expect(await suspends(scene.chain, claimId)).toBe(true);
    const gateway = await startGateway(settings, { loops: true });
    await waitFor(async () => !(await suspends(scene.chain, claimId)));
    await gateway.stop();
  });
});
