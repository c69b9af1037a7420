import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { BUYER, COURT, HOST, receipt } from '../../test-support/receipt-fixture.ts';
import { batchId, pairsTree } from './batch.ts';

describe('batches', () => {
  it('a batch id changes with every part of its opening', () => {
    const pairs = [
      { client: BUYER.address, requestNonce: receipt.requestNonce },
      { client: HOST.address, requestNonce: receipt.head },
    ];
    const opening = {
      account: HOST.address,
      modelId: 1n,
      release: 1,
      licenseIds: [3n, 4n],
      itemCount: 2,
      pairsRoot: pairsTree(pairs).root as Hex,
      salt: receipt.paymentRef,
    };
    const ids = [
      opening,
      { ...opening, modelId: 2n },
      { ...opening, release: 2 },
      { ...opening, itemCount: 3 },
      { ...opening, account: COURT },
      { ...opening, licenseIds: [3n] },
      { ...opening, licenseIds: [] },
    ].map((each) => batchId(BUYER.address, each));
    expect(new Set([...ids, batchId(HOST.address, opening)]).size).toBe(8);
  });
});
