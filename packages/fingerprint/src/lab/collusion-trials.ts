import { deriveEdition, type Prepared } from '../edition/edition.ts';
import { traceCopy, type Licensee } from '../edition/trace.ts';
import type { Products } from '../subject/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Hex } from 'viem';
import { secretRandom } from '../code-book/secret.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import type { CollusionAttack } from './collusion-attacks.ts';
import { firingKeys, type Keyring } from './firing-keys.ts';

export interface TrialOptions extends Progress {
  prepared: Prepared;
  keyring: Keyring;
  /** E[k kᵀ] of ordinary text, as colluders measure it. */
  covariance: Float64Array;
  /** With the seed of the noise that is in each edition. */
  licensees: readonly (Licensee & { slotSeed?: Hex })[];
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
  /** Share of trials in which at least one colluder is accused, and in which all are. */
  named: number;
  allNamed: number;
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
  const tally = { named: 0, allNamed: 0, innocents: 0, fired: new Array<number>(size + 1).fill(0), asked: new Array<number>(size + 1).fill(0) };
  for (let trial = 0; trial < trials; trial++) {
    report(options, attack.name, trial / trials);
    const coalition = pick(licensees.length, size, random.uniform);
    const { keySize, hiddenSize } = prepared.site;
    const members = coalition.map((member) => siteMatrix(prepared.site, deriveEdition(prepared, licensees[member]!.subset, licensees[member]!.slotSeed)));
    const attacked = await attack.run({ members, keySize, hiddenSize, covariance: options.covariance, random: random.uniform, products: options.products });
    const fired = await firingKeys(options.keyring, attacked, options.products);
    if (trial === 0) await options.onAttacked?.(attacked, fired);
    count(options, coalition, fired, tally);
  }
  const { named, allNamed, innocents, fired, asked } = tally;
  return {
    attack: attack.name, size, trials, named: named / trials, allNamed: allNamed / trials, innocentsAccused: innocents, innocentsTested: trials * (licensees.length - size),
    firing: fired.map((hits, holders) => hits / Math.max(1, asked[holders]!)),
  };
}

interface Tally {
  named: number;
  allNamed: number;
  innocents: number;
  fired: number[];
  asked: number[];
}

function count({ licensees, holdChance }: TrialOptions, coalition: readonly number[], fired: readonly boolean[], tally: Tally): void {
  const guilty = new Set(coalition.map((member) => licensees[member]!.id));
  const accused = traceCopy(fired, licensees, holdChance).filter((suspect) => suspect.accused).map(({ id }) => id);
  const caught = accused.filter((id) => guilty.has(id)).length;
  tally.named += Number(caught > 0);
  tally.allNamed += Number(caught === guilty.size);
  tally.innocents += accused.length - caught;
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
