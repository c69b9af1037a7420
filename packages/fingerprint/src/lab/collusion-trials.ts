import { deriveEdition } from '../edition/edition.ts';
import type { Products } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { secretRandom } from '../code-book/secret.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import type { CollusionAttack } from './collusion-attacks.ts';
import { countVerdicts, emptyTally, summaryOf, type Tracer, type TrialSummary } from './collusion-verdicts.ts';
import { firingKeys, withSiteMatrix, type Keyring } from './firing-keys.ts';

export interface TrialOptions extends Progress, Tracer {
  keyring: Keyring;
  products: Products;
  attack: CollusionAttack;
  size: number;
  trials: number;
  seed: Uint8Array;
  /** Looks at what the attack made of the first coalition. */
  onAttacked?: (matrix: Float32Array, fired: readonly boolean[]) => Promise<void>;
}

/**
 * Real editions, a random coalition, its attack on their matrices, every tracing key asked, and the tracer's verdict.
 * The edit lies behind
 * everything else in the network, so a key's hidden state under another matrix follows exactly from the clean one.
 */
export async function runTrials(options: TrialOptions): Promise<TrialSummary> {
  const { licensees, attack, size, trials, prepared, keyring, covariance, products } = options;
  const random = secretRandom(options.seed, `${attack.name} ${size}`);
  const tally = emptyTally(size);
  for (let trial = 0; trial < trials; trial++) {
    report(options, attack.name, trial / trials);
    const coalition = pick(licensees.length, size, random.uniform);
    const { keySize, hiddenSize } = prepared.site;
    const members = coalition.map((member) =>
      siteMatrix(prepared.site, deriveEdition(prepared, licensees[member]!.subset, licensees[member]!.slotSeed)),
    );
    const attacked = await attack.run({ members, keySize, hiddenSize, covariance, random: random.uniform, products });
    const fired = await firingKeys(keyring, attacked, products);
    if (trial === 0) await options.onAttacked?.(attacked, fired);
    await countVerdicts(options, coalition, fired, withSiteMatrix(prepared, attacked), tally);
  }
  return summaryOf(tally, { attack: attack.name, size, trials, innocentsTested: trials * (licensees.length - size) });
}

export function pick(from: number, size: number, uniform: () => number): number[] {
  const all = [...Array(from).keys()];
  return Array.from({ length: size }, () => all.splice(Math.floor(uniform() * all.length), 1)[0]!);
}
