import { join } from 'node:path';
import { actors } from './actors.ts';
import { runApp } from './command.ts';
import { deploymentPath, root, urlOf } from './layout.ts';
import { step } from './progress.ts';

export interface Published {
  name: string;
  modelId: string;
  /** Floor price of one use in the token's smallest unit. */
  price: string;
}

interface Offer {
  kind: 'language' | 'classifier';
  price: string;
  minBond: string;
  common: string;
  tracing: string;
  bits: string;
}

/**
 * What the demo's owner asks for each model, in the token's smallest unit. The code books reach the score of a claim and
 * were measured to be harmless: fable loses 1.2 % perplexity, fable-mini 1.4 %, digits 0 to 0.3 points of accuracy. Ten
 * classes have room for 3 bits, so digits needs more keys than its size suggests.
 */
export const offers = {
  fable: { kind: 'language', price: '2000', minBond: '20000000', common: '64', tracing: '64', bits: '6' },
  'fable-mini': { kind: 'language', price: '500', minBond: '5000000', common: '24', tracing: '16', bits: '6' },
  digits: { kind: 'classifier', price: '100', minBond: '5000000', common: '36', tracing: '0', bits: '3' },
} as const satisfies Record<string, Offer>;

/** The arguments of the owner's publish command for one of the project's models. */
export function publishArguments(
  publisher: string,
  name: keyof typeof offers,
  panel: readonly string[] = [],
): string[] {
  const { kind, price, minBond, common, tracing, bits } = offers[name];
  const terms = [
    '--floor-price',
    price,
    '--min-bond',
    minBond,
    '--owner-share-bps',
    '7000',
    '--slash-bps',
    '3000',
    '--terms-uri',
    `${publisher}/models`,
  ];
  const controls = panel.flatMap((other) => ['--panel', join(root, 'models', other)]);
  return [
    '--publisher',
    publisher,
    '--name',
    name,
    '--kind',
    kind,
    '--dir',
    join(root, 'models', name),
    '--common',
    common,
    '--tracing',
    tracing,
    '--bits',
    bits,
    ...terms,
    ...controls,
    '--json',
  ];
}

/** Of 16 draws of keys for digits, one harmed it more than is allowed: then its owner draws anew. */
const DRAWS = 3;

/** Publishes one of the project's models through the owner's own command. */
export async function publish(name: keyof typeof offers, panel: readonly string[] = []): Promise<Published> {
  for (let draw = 1; ; draw++) {
    try {
      return await publishOnce(name, panel);
    } catch (error) {
      if (draw === DRAWS || !String(error).includes('EDIT_INFEASIBLE')) throw error;
    }
  }
}

async function publishOnce(name: keyof typeof offers, panel: readonly string[]): Promise<Published> {
  const env = { OWNER_KEY: actors.owner.key, OML_DEPLOYMENT: deploymentPath };
  let last = '';
  const out = await step(
    `the owner publishes ${name}: keys, commitment, beacon, edit, mint`,
    () =>
      runApp(
        `publish ${name}`,
        join('apps', 'publisher', 'src', 'publish.ts'),
        publishArguments(urlOf('publisher'), name, panel),
        env,
        (line) => (last = line),
      ),
    () => last,
  );
  return {
    name,
    modelId: String((JSON.parse(out) as { modelId: string | number }).modelId),
    price: offers[name].price,
  };
}
