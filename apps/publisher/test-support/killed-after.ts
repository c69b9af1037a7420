import { Leases } from '@oml/program/leases';
import { until } from '@oml/service/wait';
import { PATIENCE_MS, type PublisherOnChain } from './publisher-on-chain.ts';

/**
 * Lets the publisher die after a step of a run, and opens it anew: what the step did stands, but the store does not
 * know
 * of it. `work` lets the run go on, as often as it takes.
 */
export async function killedAfter(step: string, on: PublisherOnChain, work: () => Promise<void> | void): Promise<void> {
  const { apply } = Leases.prototype;
  let isDead = false;
  Leases.prototype.apply = function (run, result) {
    if (run.at.step !== step || result.to === 'wait') return apply.call(this, run, result);
    isDead = true;
    return Promise.reject(new Error('killed'));
  };
  try {
    await until(`Death after ${step}`, async () => (await work(), isDead || undefined), { timeoutMs: PATIENCE_MS });
    await on.restart();
  } finally {
    Leases.prototype.apply = apply;
  }
}
