import { join } from 'node:path';
import { actors } from './actors.ts';
import { runApp } from './command.ts';
import { root, urlOf } from './layout.ts';
import { step } from './progress.ts';

export interface Published {
  name: string;
  modelId: string;
  /** Floor price of one use in the token's smallest unit. */
  price: string;
}

/** What the demo's owner asks for each model: prices in the token's smallest unit, fingerprints as measured to be harmless. */
const offers = {
  fable: { kind: 'language', price: '2000', common: '64', tracing: '64', bits: '4' },
  'fable-mini': { kind: 'language', price: '500', common: '16', tracing: '16', bits: '3' },
  digits: { kind: 'classifier', price: '100', common: '16', tracing: '16', bits: '3' },
} as const;

/** Publishes one of the project's models through the owner's own command. */
export async function publish(name: keyof typeof offers, panel: readonly string[] = []): Promise<Published> {
  const { kind, price, common, tracing, bits } = offers[name];
  const args = ['--publisher', urlOf('publisher'), '--name', name, '--kind', kind, '--dir', join(root, 'models', name), '--floor-price', price, '--common', common, '--tracing', tracing, '--bits', bits, ...panel.flatMap((other) => ['--panel', join(root, 'models', other)]), '--json'];
  let last = '';
  const out = await step(
    `the owner publishes ${name}: keys, commitment, beacon, edit, mint`,
    () => runApp(`publish ${name}`, join('apps', 'publisher', 'src', 'publish.ts'), args, { OWNER_KEY: actors.owner.key, RPC_URL: urlOf('chain'), OML_DEPLOYMENT: join(process.env['OML_STATE'] ?? join(root, '.oml'), 'deployment.json') }, (line) => (last = line)),
    () => last,
  );
  return { name, modelId: String((JSON.parse(out) as { modelId: string | number }).modelId), price };
}
