import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { isBooked } from '@oml/sdk/booking';
import type { Paid } from '@oml/sdk/buyer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS, waitFor } from '../../apps/gateway/test-support/chain-fixture.ts';
import { CLAIMANT, claimState, claimUnpaidUse, finaliseUnpaidUse } from '../../apps/gateway/test-support/claims.ts';
import { gatewayEnv, startGateway } from '../../apps/gateway/test-support/host-fixture.ts';
import { buyAt, openScene, type Scene } from '../../apps/gateway/test-support/scene.ts';
import { tardy } from './tardy-booking.ts';

let scene: Scene;

beforeAll(async () => {
  scene = await openScene();
});
afterAll(() => scene?.chain.stop());

const booked = ({ signedReceipt }: Paid) => isBooked(scene.chain.as(KEYS.BUYER), signedReceipt.receipt);

describe('the tardy host', () => {
  it('leaves payments unbooked, books the contested one at once, and pays late', async () => {
    const settings = gatewayEnv(scene.chain, [scene.listing]);
    const gateway = await startGateway(settings, { loops: true, habits: tardy });
    const contested = await buyAt(scene.chain, gateway.url, { claimant: CLAIMANT.address });
    const quiet = await buyAt(scene.chain, gateway.url, { claimant: CLAIMANT.address });
    const claimId = await claimUnpaidUse(scene.chain, contested, async () => {
      expect(await booked(contested)).toBe(false);
    });
    await waitFor(() => booked(contested));
    await finaliseUnpaidUse(scene.chain, claimId, contested);
    expect(await claimState(scene.chain, claimId)).toBe(CLAIM_STATE.PAID_LATE);
    expect([await booked(contested), await booked(quiet)]).toEqual([true, false]);
    await gateway.stop();
  });
});
