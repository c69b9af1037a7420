import { claimSteps } from './claim-steps.ts';
import { startMarket } from './market.ts';

export type Stack = Awaited<ReturnType<typeof startStack>>;

/** A fresh chain with OML on it, funded actors, and the steps of the loop as functions. */
export async function startStack(...options: Parameters<typeof startMarket>) {
  const market = await startMarket(...options);
  return { ...market, ...claimSteps(market) };
}
