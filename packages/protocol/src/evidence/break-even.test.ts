import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLAIM_GAS,
  GAS_WEI,
  gasCost,
  HOSTS_PER_CHEAT,
  leastInspectedBond,
  leastPlantedBond,
  PROBES_PER_BATCH,
} from './break-even.ts';

const bps = fc.integer({ min: 1, max: 4_000 });
const amount = fc.bigInt({ min: 1n, max: 10n ** 9n });
const gasWei = fc.bigInt({ min: 10n ** 5n, max: 10n ** 12n });

describe('the least bond that somebody inspects', () => {
  it('is the smallest whose slash pays a verifier for the batches in vain', () => {
    fc.assert(
      fc.property(bps, bps, amount, gasWei, (slashBps, claimantShareBps, price, gasWei) => {
        const bond = leastInspectedBond({ slashBps, claimantShareBps, ownerShareBps: 0 }, { price, gasWei })!;
        const batch = gasCost(CLAIM_GAS.opened, { gasWei }) + PROBES_PER_BATCH * price;
        const cost = HOSTS_PER_CHEAT * batch + gasCost(CLAIM_GAS.disguised - CLAIM_GAS.opened, { gasWei });
        const gain = (held: bigint) => held * BigInt(slashBps) * BigInt(claimantShareBps);
        expect(gain(bond)).toBeGreaterThanOrEqual(cost * 10n ** 8n);
        expect(gain(bond - 1n)).toBeLessThan(cost * 10n ** 8n);
      }),
    );
  });

  it('is none where the pool pays for every batch, and none helps where a claimant gets nothing', () => {
    const slash = { slashBps: 3_000, claimantShareBps: 2_000, ownerShareBps: 2_000 };
    const l2 = { price: 1_000n, gasWei: GAS_WEI.l2 };
    expect(leastInspectedBond(slash, l2)).toBe(19_701_000n); // about $20
    const mainnet = leastInspectedBond({ ...slash, slashBps: 5_000 }, { price: 1_000n, gasWei: GAS_WEI.mainnet })!;
    expect(Number(mainnet) / 4e9).toBeCloseTo(1, 1); // about $4,000
    expect(leastInspectedBond(slash, { ...l2, poolPay: 100_000n })).toBe(0n);
    expect(leastInspectedBond({ ...slash, claimantShareBps: 0 }, l2)).toBeUndefined();
  });
});

describe('the least bond that is worth a planted fingerprint', () => {
  it('is the smallest whose two shares pay for a claim and two code books', () => {
    fc.assert(
      fc.property(bps, bps, bps, amount, gasWei, (slashBps, claimantShareBps, ownerShareBps, codeBookFee, gasWei) => {
        const bond = leastPlantedBond({ slashBps, claimantShareBps, ownerShareBps }, { codeBookFee, gasWei })!;
        const cost = gasCost(CLAIM_GAS.disguised, { gasWei }) + 2n * codeBookFee;
        const gain = (held: bigint) => held * BigInt(slashBps) * BigInt(claimantShareBps + ownerShareBps);
        expect(gain(bond)).toBeGreaterThanOrEqual(cost * 10n ** 8n);
        expect(gain(bond - 1n)).toBeLessThan(cost * 10n ** 8n);
      }),
    );
  });
});
