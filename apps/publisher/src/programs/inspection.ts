import { defineProgram, end, nextOf, wait } from '@oml/program/define-program';
import type { Chain } from '@oml/service/chain';
import type { Hex } from 'viem';
import { payableOf, payBatch, type OpenedBatch } from '../inspection/pay-batch.ts';

export interface InspectionContext {
  chain: Chain;
  /** What a verifier gets for one batch, up to the deployment's cap; undefined: the cap. 0: nothing. */
  inspectionPay: bigint | undefined;
}

interface InspectionSteps {
  pay: object;
}

const RETRY_MS = 60_000;
const next = nextOf<InspectionSteps>();

export const inspectionId = (batchId: Hex): string => `inspection-${batchId}`;

/** How a verifier is paid for a batch on one of our models, out of the pool that the model's vaults feed. */
export const inspection = defineProgram<InspectionSteps, InspectionContext, OpenedBatch, 'paid' | 'unpaid'>()({
  name: 'inspection',
  first: next('pay', {}),
  steps: {
    async pay({ subject }, { chain, inspectionPay }) {
      const { cap, pool } = await payableOf(chain, subject.opening.modelId);
      const amount = inspectionPay === undefined || inspectionPay > cap ? cap : inspectionPay;
      if (amount === 0n) return end('unpaid');
      if (pool < amount) return wait(RETRY_MS, 'the pool of the model has not enough yet');
      const tx = await payBatch(chain, subject, amount);
      return end('paid', { tx, note: `the verifier got ${amount}` });
    },
  },
  /** A pool that another payment emptied, a model whose agent is somebody else by now. */
  rescue: (_, { message }) => wait(RETRY_MS, message),
});
