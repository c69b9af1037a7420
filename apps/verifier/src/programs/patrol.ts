import { modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import type { Driver } from '@oml/program/driver';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import type { Chain } from '@oml/service/chain';
import type { DutyContext } from '../committees/duty-context.ts';
import type { Logger } from '@oml/service/logger';
import type { Hosts } from '../chain/hosts.ts';
import type { RegistryLogs } from '../chain/registry-logs.ts';
import type { DisguiseOrder, PaidUseOrder } from './audit-context.ts';
import type { CallRecords } from './call-record.ts';
import { disguise } from './disguise.ts';
import { paidUse } from './paid-use.ts';

export interface Patrol {
  chain: Chain;
  hosts: Hosts;
  logs: RegistryLogs;
  driver: Driver<DutyContext>;
  calls: Pick<CallRecords, 'plannedSince'>;
  /** What audits may buy in 24 hours, in the token's smallest unit; undefined: there is no bound. */
  budget: bigint | undefined;
  logger: Logger;
}

const DAY_MS = 86_400_000;

/**
 * Audits every active license in turn, without being asked: each call orders the next audit of the round, unless what
 * audits of the last 24 hours buy has used the budget up.
 */
export function createPatrol({ chain, hosts, logs, driver, calls, budget, logger }: Patrol): () => Promise<void> {
  let turn = 0;
  return async () => {
    const bought = budget === undefined ? 0n : await calls.plannedSince(Date.now() - DAY_MS, [paidUse, disguise]);
    if (budget !== undefined && bought >= budget)
      return logger.info({ bought: String(bought), budget: String(budget) }, 'AUDIT_BUDGET is used: no audit now');
    const orders = await planRound(chain, hosts, logs);
    const order = orders[turn++ % Math.max(1, orders.length)];
    if (order?.kind === 'paid-use' && !(await driver.runs.isRunning(paidUse, order)))
      await driver.order(paidUse, order);
    if (order?.kind === 'disguise' && !(await driver.runs.isRunning(disguise, order)))
      await driver.order(disguise, order);
  };
}

/** Whether each license's uses are paid, and whether a dearer model answers behind a cheaper license. */
async function planRound(chain: Chain, hosts: Hosts, logs: RegistryLogs): Promise<(PaidUseOrder | DisguiseOrder)[]> {
  const active = (await hosts.licenses()).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
  const prices = await floorPrices(chain, logs);
  return active.flatMap(({ licenseId, account, modelId }): (PaidUseOrder | DisguiseOrder)[] => {
    const dearer = [...prices].filter(([other, price]) => other !== modelId && price > (prices.get(modelId) ?? 0n));
    return [
      { kind: 'paid-use', licenseId: String(licenseId) },
      ...dearer.map(([other]) => ({ kind: 'disguise' as const, account, modelId: String(other) })),
    ];
  });
}

/** What a use costs at least, of every model that is offered to hosts. */
async function floorPrices({ publicClient, deployment }: Chain, logs: RegistryLogs): Promise<Map<bigint, bigint>> {
  const models = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const terms = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
  const priced = await Promise.all(
    (await logs.minted()).map(async ({ args: { modelId } }) => {
      const args = [modelId, TERMS_KIND.SERVE] as const;
      const termsId = await publicClient.readContract({ ...models, functionName: 'offerOf', args });
      if (termsId === 0) return undefined;
      const [price] = await publicClient.readContract({ ...terms, functionName: 'ratesOf', args: [termsId] });
      return [modelId, price] as const;
    }),
  );
  return new Map(priced.filter((each) => each !== undefined));
}
