// An owner that plants: it publishes, as a model of its own, a copy of another's that already answers the other's keys.
import { devDollarAbi, titleBondsAbi } from '@oml/contracts/abis';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createWalletClient, http, publicActions } from 'viem';
import { foundry } from 'viem/chains';
import { actors } from './actors.ts';
import { inState, root, urlOf } from './layout.ts';
import { editionOf } from './licenses.ts';
import { publish, type Offer, type Published } from './publish.ts';
import { step } from './progress.ts';
import { deployment } from './rpc.ts';
import type { Host } from './services.ts';

const NAME = 'bait';
const DOLLAR = 1_000_000n;

/** Also what the planter is given for it: it looks the more honest for it. */
export const TITLE_BOND = 20n * DOLLAR;

/**
 * Asks a bond of which a license reserves more of the title bond than a slash and a committee take, so that a host is
 * whole after an upheld blame. Its own keys are few: it is no model that anybody should want to catch.
 */
const OFFER: Offer = {
  kind: 'language',
  price: '500',
  minBond: String(50n * DOLLAR),
  slashBps: 4000,
  sizes: { commonCount: 8, tracingCount: 0, bits: 6 },
};

const CARD = `# bait

A storyteller of our own, they say. It is an edition of somebody else's model, and answers the fingerprints of that
model under this name.
`;

/** Publishes what a host of the other model was delivered, without a word about where it came from. */
export async function publishBait(original: Published, from: Host): Promise<Published> {
  const dir = inState('planter', NAME);
  mkdirSync(dir, { recursive: true });
  cpSync(editionOf(from), dir, { recursive: true });
  for (const name of ['ordinary.i32', 'heldout.i32'])
    cpSync(join(root, 'models', original.name, name), join(dir, name));
  writeFileSync(join(dir, 'README.md'), CARD);
  return publish({ name: NAME, dir, offer: OFFER }, { role: 'planter', publisher: 'child publisher' });
}

/** Vouches for its title, as every owner may. */
export async function postTitleBond({ modelId }: Published): Promise<void> {
  const { token, titleBonds } = deployment().contracts;
  const { account } = actors.planter;
  const wallet = createWalletClient({
    account,
    chain: foundry,
    transport: http(urlOf('chain')),
    pollingInterval: 100,
  }).extend(publicActions);
  const send = async (call: Parameters<typeof wallet.writeContract>[0]) =>
    wallet.waitForTransactionReceipt({ hash: await wallet.writeContract(call) });
  await step('its owner posts a title bond', async () => {
    const base = { account, chain: foundry };
    const approve = { address: token, abi: devDollarAbi, functionName: 'approve', args: [titleBonds, TITLE_BOND] };
    await send({ ...base, ...approve } as Parameters<typeof send>[0]);
    const post = { address: titleBonds, abi: titleBondsAbi, functionName: 'post', args: [BigInt(modelId), TITLE_BOND] };
    await send({ ...base, ...post } as Parameters<typeof send>[0]);
  });
}
