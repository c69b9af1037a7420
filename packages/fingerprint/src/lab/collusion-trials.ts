import { deriveEdition, type Prepared } from '../edition/edition.ts';
import { traceCopy, type Licensee } from '../edition/trace.ts';
import { traceWeights } from '../edition/trace-weights.ts';
import type { Products } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Hex } from 'viem';
import { secretRandom } from '../code-book/secret.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import type { CollusionAttack } from './collusion-attacks.ts';
import { firingKeys, withSiteMatrix, type Keyring } from './firing-keys.ts';

export interface TrialOptions extends Progress {
  prepared: Prepared;
  keyring: Keyring;
  /** E[k kᵀ] of ordinary text, as colluders measure it. */
  covariance: Float64Array;
  /** With the seed of the noise that is in each edition. */
  licensees: readonly (Licensee & { slotSeed: Hex })[];
  holdChance: number;
  products: Products;
  attack: CollusionAttack;
  size: number;
  trials: number;
  seed: Uint8Array;
  /** Looks at what the attack made of the first coalition. */
  onAttacked?: (matrix: Float32Array, fired: readonly boolean[]) => Promise<void>;
}

export interface TrialSummary {
  attack: string;
  size: number;
  trials: number;
  /** Share of trials in which the answers to tracing keys accuse at least one colluder, and in which all of them. */
  named: number;
  allNamed: number;
  /** The same by the noise in the weights of the copy. */
  namedByWeights: number;
  allByWeights: number;
  /** At least one, by either. */
  namedByEither: number;
  /** By either. */
  innocentsAccused: number;
  innocentsTested: number;
  /** Share of tracing keys that fire, by the number of colluders that hold them. */
  firing: number[];
}

/**
 * Real editions, a random coalition, its attack on their matrices, every tracing key asked, and the tracer's verdict. The edit lies behind
 * everything else in the network, so a key's hidden state under another matrix follows exactly from the clean one.
 */
export async function runTrials(options: TrialOptions): Promise<TrialSummary> {
  const { licensees, attack, size, trials, prepared } = options;
  const random = secretRandom(options.seed, `${attack.name} ${size}`);
  const tally: Tally = { keys: [0, 0], weights: [0, 0], either: 0, innocents: 0, fired: new Array<number>(size + 1).fill(0), asked: new Array<number>(size + 1).fill(0) };
  for (let trial = 0; trial < trials; trial++) {
    report(options, attack.name, trial / trials);
    const coalition = pick(licensees.length, size, random.uniform);
    const { keySize, hiddenSize } = prepared.site;
    const members = coalition.map((member) => siteMatrix(prepared.site, deriveEdition(prepared, licensees[member]!.subset, licensees[member]!.slotSeed)));
    const attacked = await attack.run({ members, keySize, hiddenSize, covariance: options.covariance, random: random.uniform, products: options.products });
    const fired = await firingKeys(options.keyring, attacked, options.products);
    if (trial === 0) await options.onAttacked?.(attacked, fired);
    count(options, coalition, fired, withSiteMatrix(prepared, attacked), tally);
  }
  const { keys, weights, either, innocents, fired, asked } = tally;
  return {
    attack: attack.name, size, trials, named: keys[0] / trials, allNamed: keys[1] / trials,
    namedByWeights: weights[0] / trials, allByWeights: weights[1] / trials, namedByEither: either / trials, innocentsAccused: innocents, innocentsTested: trials * (licensees.length - size),
    firing: fired.map((hits, holders) => hits / Math.max(1, asked[holders]!)),
  };
}

interface Tally {
  /** Trials with at least one colluder accused, and with all. */
  keys: [some: number, all: number];
  weights: [some: number, all: number];
  either: number;
  innocents: number;
  fired: number[];
  asked: number[];
}

function count({ licensees, holdChance, prepared, covariance }: TrialOptions, coalition: readonly number[], fired: readonly boolean[], copy: Uint8Array, tally: Tally): void {
  const guilty = new Set(coalition.map((member) => licensees[member]!.id));
  const accused = (suspects: readonly { id: string; accused: boolean }[]) => new Set(suspects.filter((suspect) => suspect.accused).map(({ id }) => id));
  const [byKeys, byWeights] = [accused(traceCopy(fired, licensees, holdChance)), accused(traceWeights(prepared, copy, licensees, covariance))];
  for (const [sums, names] of [[tally.keys, byKeys], [tally.weights, byWeights]] as const) {
    const caught = [...guilty].filter((id) => names.has(id)).length;
    sums[0] += Number(caught > 0);
    sums[1] += Number(caught === guilty.size);
  }
  const either = [...new Set([...byKeys, ...byWeights])];
  tally.either += Number(either.some((id) => guilty.has(id)));
  tally.innocents += either.filter((id) => !guilty.has(id)).length;
  const holders = fired.map((_, key) => coalition.filter((member) => licensees[member]!.subset.includes(key)).length);
  holders.forEach((held, key) => {
    tally.asked[held]! += 1;
    tally.fired[held]! += Number(fired[key]);
  });
}

function pick(from: number, size: number, uniform: () => number): number[] {
  const all = [...Array(from).keys()];
  return Array.from({ length: size }, () => all.splice(Math.floor(uniform() * all.length), 1)[0]!);
}
