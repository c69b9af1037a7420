import { linearProducts } from '@oml/onnx/rewrite/weights';
import type { OnnxModel } from '@oml/onnx/model-file';
import type { Products } from '../../algebra/products.ts';
import { residualWriters } from '../../harden/site.ts';
import type { Specimen } from '../specimen.ts';
import { inputCovariances, refitAll } from '../training-refit.ts';
import { clippedModel } from './clip.ts';

/** A copy that a host makes of its edition, and that has forgotten more of the marks than of the rest. */
export interface Proxy {
  family: 'refit' | 'principal directions' | 'clipping';
  label: string;
  model: OnnxModel;
}

/** Sets of matrices that a host may change, by what it can read off the graph. */
type Sets = Record<string, Set<string>>;

/** Ascending: which of them forget the marks before the rest depends on the model, so the whole ladder is climbed. */
const RIDGES = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 2, 4];
/** So often a refit is made upon itself to leave principal directions, and the shares at which it cuts, ascending. */
const SHARP = 8;
const CUTS = [0.0003, 0.001, 0.003, 0.01, 0.03];
const MILD: readonly [string, number][] = [
  ['the last matrix', 0.3],
  ['all that write into the stream', 0.03],
];
const QUANTILES = [0.9999, 0.999];
/** Batches of 8 windows of the host's own text: several times as many positions as a matrix has rows. */
const STEPS = 24;

/** What a host can make of its edition and of its own text. */
export interface Workshop {
  /** Milder copies that are contrasted with the others in the edition's place. */
  mild(): Promise<Proxy[]>;
  /**
   * Ladders of proxies, each from the mildest up: ridge refits and projections onto principal directions of ordinary
   * inputs, of several sets of matrices, and clipped activations.
   */
  ladders(): AsyncGenerator<Proxy>[];
}

export async function openWorkshop(specimen: Specimen, products: Products): Promise<Workshop> {
  const covariances = await inputCovariances(specimen, products, STEPS);
  const made = new Map<string, Float32Array>();
  const sets = setsOf(specimen);
  const refit = async (name: string, lambda: number): Promise<Proxy> => ({
    family: 'refit',
    label: `${name} refitted, λ = ${lambda}`,
    model: await refitAll(specimen.marked, covariances, { lambda, only: sets[name]!, made }, products),
  });
  const project = async (name: string, lambda: number): Promise<Proxy> => ({
    family: 'principal directions',
    label: `${name} on principal directions, cut ${lambda}`,
    model: await refitAll(specimen.marked, covariances, { lambda, only: sets[name]!, power: SHARP, made }, products),
  });
  return {
    mild: () => Promise.all(MILD.flatMap(([name, lambda]) => (sets[name] ? [refit(name, lambda)] : []))),
    ladders: () => [
      ...Object.keys(sets).flatMap((name) => [
        climb(RIDGES, (lambda) => refit(name, lambda)),
        ...(name === 'all matrices' ? [] : [climb(CUTS, (lambda) => project(name, lambda))]),
      ]),
      climb(QUANTILES, async (quantile) => ({
        family: 'clipping',
        label: `inputs of the last matrix clipped at q = ${quantile}`,
        model: await clippedModel(specimen, quantile),
      })),
    ],
  };
}

async function* climb(steps: readonly number[], make: (step: number) => Promise<Proxy>): AsyncGenerator<Proxy> {
  for (const step of steps) yield await make(step);
}

/** Smaller sets first; a set that equals a smaller one is left out. */
function setsOf({ clean, marked }: Specimen): Sets {
  const { inspection } = clean;
  const products = linearProducts(marked).filter(({ weight }) => weight.name !== inspection.head?.initializer);
  const writers = residualWriters({ model: marked, inspection });
  const all: Sets = {
    'the last matrix': new Set([inspection.site.initializer]),
    'all down-projections': new Set(inspection.sites),
    'all that write into the stream': new Set(
      products.flatMap(({ node, weight }) => (writers.has(node.output[0]!) ? [weight.name] : [])),
    ),
    'all matrices': new Set(products.map(({ weight }) => weight.name)),
  };
  const seen = new Set<string>();
  return Object.fromEntries(
    Object.entries(all).filter(([, names]) => {
      const key = [...names].sort().join('\n');
      return names.size > 0 && !seen.has(key) && seen.add(key);
    }),
  );
}
