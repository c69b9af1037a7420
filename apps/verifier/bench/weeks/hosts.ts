import { licenseRegistryAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { join } from 'node:path';
import { keccak256, stringToHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { KEYS, type DevChain } from '../../test-support/dev-chain.ts';
import { startGateway } from '../../test-support/gateway.ts';
import { startHost, type TestHost } from '../../test-support/host.ts';
import { cleanModel, takeLicense, type MarkedModel } from '../../test-support/market.ts';

const TARDY = join(import.meta.dirname, '../../../../scripts/stack/tardy-host.ts');
const COINS = 10n ** 21n;

/** What a host does that ought to pay, or how it cheats. */
export type Habit = 'gateway' | 'tardy-gateway' | 'prompt' | 'never' | 'contested' | 'disguised';

/** One of the ten, in whichever of its lives. */
export interface Host {
  name: string;
  habit: Habit;
  licenseId: bigint;
  /** Of a process of its own. */
  pid?: number;
  stop(): Promise<void>;
}

export interface Street {
  chain: DevChain;
  marked: MarkedModel;
  /** A model of another owner's that costs less. */
  cheapId: bigint;
}

/** Ten hosts: four that pay, and six that leave uses unpaid, book late, or answer with the dearer model. */
export const HABITS: readonly Habit[] = [
  'gateway',
  'gateway',
  'gateway',
  'prompt',
  'tardy-gateway',
  'contested',
  'never',
  'never',
  'disguised',
  'disguised',
];

/** Gives an account coins for gas. */
export async function giveCoins(chain: DevChain, key: Hex): Promise<void> {
  const { publicClient } = chain.as(KEYS.OUTSIDER);
  const params = [privateKeyToAccount(key).address, `0x${COINS.toString(16)}`];
  await publicClient.request({ method: 'anvil_setBalance', params } as never);
}

/** Opens an account that nobody had before, with a license, and serves under it. */
export async function openHost({ chain, marked, cheapId }: Street, seat: number, life: number): Promise<Host> {
  const habit = HABITS[seat]!;
  const keyOf = (what: string): Hex => keccak256(stringToHex(`${what} of host ${seat} in life ${life}`));
  const [key, gas, signer] = [keyOf('account'), keyOf('gas'), keyOf('signer')];
  for (const each of [key, gas]) await giveCoins(chain, each);
  const modelId = habit === 'disguised' || seat === 0 ? cheapId : marked.modelId;
  const named = { name: `host ${seat} (${habit})`, habit };
  if (habit === 'gateway' || habit === 'tardy-gateway') {
    const program = habit === 'tardy-gateway' ? TARDY : undefined;
    return { ...named, ...(await startGateway(chain, key, modelId, { gas, ...(program ? { program } : {}) })) };
  }
  const host = await startHost(chain, privateKeyToAccount(key).address, signer, chain.as(gas));
  host.booking = BOOKING[habit];
  const license = await takeLicense(chain, { host: key, signer, owner: KEYS.OWNER }, modelId, host.url);
  const weights = habit === 'disguised' ? marked.marked : cleanModel;
  await host.serve({ model: 'fable-mini', modelId, weights, ...license });
  return { ...named, licenseId: license.licenseId, stop: () => host.stop() };
}

const BOOKING = {
  prompt: 'prompt',
  disguised: 'prompt',
  never: 'never',
  contested: 'contested',
} as const satisfies Record<Exclude<Habit, 'gateway' | 'tardy-gateway'>, TestHost['booking']>;

/** Whether nobody buys there any more: it was slashed, and begins anew under another name. */
export async function isOver(chain: DevChain, { licenseId }: Host): Promise<boolean> {
  const { publicClient, deployment } = chain.as(KEYS.OUTSIDER);
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const { state } = await publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] });
  return state !== LICENSE_STATE.ACTIVE;
}
