import { USUAL_SIZES } from '@oml/fingerprint/code-book/usual-sizes';
import { join } from 'node:path';
import { actors, type Role } from './actors.ts';
import { runApp } from './command.ts';
import { deploymentPath, root, urlOf } from './layout.ts';
import { step } from './progress.ts';

export interface Published {
  name: string;
  modelId: string;
  /** Floor price of one use in the token's smallest unit. */
  price: string;
}

export interface Offer {
  kind: 'language' | 'classifier';
  price: string;
  minBond: string;
  /** Of that bond, what a slash takes; 3000 if not said. */
  slashBps?: number;
  sizes: { commonCount: number; tracingCount: number; bits: number };
  /** What others pay for the right to build on it: once, and of every use of what they build. */
  derive?: { price: string; royaltyBps: number };
  /** Gives the marked weights of a demo edition away. */
  demo?: boolean;
}

/** A model to publish, from a folder with its files. */
export interface Draft {
  name: string;
  dir: string;
  offer: Offer;
  /** Folders of clean models for the control panel. */
  panel?: readonly string[];
  /** The model that it is built on. */
  parentId?: string;
}

/**
 * What the demo's owner asks for each model, in the token's smallest unit. The code books reach the score of a claim and
 * were measured to be harmless: fable loses 1.2 % perplexity, fable-mini 1.4 %, digits 0 to 0.3 points of accuracy.
 */
export const offers = {
  fable: { kind: 'language', price: '2000', minBond: '20000000', sizes: USUAL_SIZES.language },
  'fable-mini': {
    kind: 'language',
    price: '500',
    minBond: '5000000',
    sizes: { commonCount: 24, tracingCount: 16, bits: 6 },
  },
  digits: {
    kind: 'classifier',
    price: '100',
    minBond: '5000000',
    sizes: USUAL_SIZES.classifier,
    derive: { price: '200000', royaltyBps: 2000 },
    demo: true,
  },
} as const satisfies Record<string, Offer>;

/** One of the project's own models. */
export const draftOf = (name: keyof typeof offers, panel: readonly string[] = []): Draft => ({
  name,
  dir: join(root, 'models', name),
  offer: offers[name],
  panel: panel.map((other) => join(root, 'models', other)),
});

/** The arguments of the owner's publish command. */
export function publishArguments(publisher: string, { name, dir, offer, panel = [], parentId }: Draft): string[] {
  const { kind, price, minBond, slashBps = 3000, sizes, derive, demo = false } = offer;
  return [
    ['--publisher', publisher, '--name', name, '--kind', kind, '--dir', dir],
    ['--common', String(sizes.commonCount), '--tracing', String(sizes.tracingCount), '--bits', String(sizes.bits)],
    // In minutes instead of seconds the demo would start for nobody; its hosts do not adapt.
    ['--profile', 'fast'],
    ['--floor-price', price, '--min-bond', minBond, '--owner-share-bps', '7000'],
    ['--slash-bps', String(slashBps)],
    ['--terms-uri', `${publisher}/models`],
    derive ? ['--derive-price', derive.price, '--royalty-bps', String(derive.royaltyBps)] : [],
    demo ? ['--demo'] : [],
    parentId === undefined ? [] : ['--parent', parentId],
    panel.flatMap((other) => ['--panel', other]),
    ['--json'],
  ].flat();
}

/** An owner, and its publisher. */
interface Owner {
  role: Role;
  publisher: 'publisher' | 'child publisher';
}

const WHO: Partial<Record<Role, string>> = {
  owner: 'the owner',
  childOwner: 'the second owner',
  planter: 'one who plants fingerprints',
};

/** Publishes a model through its owner's own command. */
export async function publish(
  draft: Draft,
  { role, publisher }: Owner = { role: 'owner', publisher: 'publisher' },
): Promise<Published> {
  const { name, offer } = draft;
  const env = { OWNER_KEY: actors[role].key, OML_DEPLOYMENT: deploymentPath };
  let last = '';
  const out = await step(
    `${WHO[role] ?? role} publishes ${name}: keys, commitment, beacon, edit, mint`,
    () =>
      runApp(
        `publish ${name}`,
        join('apps', 'publisher', 'src', 'publish.ts'),
        publishArguments(urlOf(publisher), draft),
        env,
        (line) => (last = line),
      ),
    () => last,
  );
  const { modelId } = JSON.parse(out) as { modelId: string | number };
  return { name, modelId: String(modelId), price: offer.price };
}
