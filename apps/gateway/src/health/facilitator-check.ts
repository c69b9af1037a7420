import { caip2 } from '@oml/protocol/network';
import { createOutsideFacilitator } from '../payment/outside-facilitator.ts';
import type { Examined } from './chain-checks.ts';
import { ok, warn, type Check } from './check.ts';

/** Does the outside facilitator settle deposits on this chain? Without it the gas account does. */
export const checkFacilitator = (
  { chain }: Examined,
  { url, key }: { url: string; key: string | undefined },
): Check => {
  const outside = createOutsideFacilitator({ url, key, logger: { warn: () => {} } });
  const todo = 'Deposits are settled by your own gas account until it does; or take FACILITATOR_URL out.';
  return async () => {
    const network = caip2(chain.deployment.chainId);
    const takes = await outside.takesDeposits(network).catch(() => undefined);
    if (takes === undefined) return warn(`The facilitator at ${url} does not answer.`, todo);
    return takes
      ? ok(`The facilitator at ${url} settles deposits on ${network}.`)
      : warn(`The facilitator at ${url} settles no batch-settlement deposits on ${network}.`, todo);
  };
};
