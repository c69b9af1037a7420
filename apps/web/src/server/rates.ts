import 'server-only';
import { parametersAbi } from '@oml/contracts/abis';
import { gasProfileOf, termsWarnings, type TermsWarning, type WarnedRates } from '@oml/sdk/terms-warnings';
import type { ShownTerms, ShownTitleBond } from '#model/shown-model.ts';
import { chainReader } from './chain-reader.ts';
import { readSetup } from './public-config.ts';

/** What the deployment's parameters say; only its timelock changes them. */
export interface ShownRates extends WarnedRates {
  /** Most that an inspection pool pays for one batch. */
  poolCap: bigint;
}

const FRESH_MS = 60_000;
const holder = globalThis as { omlRates?: { key: string; askedAt: number; answer: Promise<ShownRates | undefined> } };

/** The rates of this deployment, asked once a minute; undefined where the chain does not answer. */
export function readRates(): Promise<ShownRates | undefined> {
  const setup = readSetup();
  if ('problem' in setup) return Promise.resolve(undefined);
  const address = setup.config.deployment.contracts.parameters;
  const { omlRates: last } = holder;
  if (last?.key === address && Date.now() - last.askedAt < FRESH_MS) return last.answer;
  const answer = askRates(address).catch(() => {
    delete holder.omlRates;
    return undefined;
  });
  holder.omlRates = { key: address, askedAt: Date.now(), answer };
  return answer;
}

async function askRates(address: `0x${string}`): Promise<ShownRates> {
  const parameters = { address, abi: parametersAbi } as const;
  const [rates, [, , poolCap]] = await Promise.all([
    chainReader().readContract({ ...parameters, functionName: 'rates' }),
    chainReader().readContract({ ...parameters, functionName: 'verifierRates' }),
  ]);
  return { ...rates, poolCap };
}

/** Which attacks pay under SERVE terms at these rates. */
export function warningsOf(
  terms: ShownTerms,
  title: ShownTitleBond | undefined,
  rates: ShownRates | undefined,
): TermsWarning[] {
  const setup = readSetup();
  if (terms.kind !== 'serve' || !rates || 'problem' in setup) return [];
  return termsWarnings(terms, rates, { profile: gasProfileOf(setup.config.chainId), titleBond: freeOf(title) });
}

/** What a new license may still reserve. */
function freeOf(title: ShownTitleBond | undefined): bigint {
  if (!title) return 0n;
  const free = title.bond - title.reserved - (title.exit?.amount ?? 0n);
  return free > 0n ? free : 0n;
}
