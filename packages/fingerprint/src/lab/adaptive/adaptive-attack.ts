import type { OnnxModel } from '@oml/onnx/model-file';
import { openProducts } from '../../algebra/products.ts';
import { type Attack, type Specimen, type SurvivalPoint, stopIfAborted } from '../specimen.ts';
import { splitHeldout } from '../training-data.ts';
import { PUSHES, scoresUnder, SLACKS, type Contrast } from './contrast.ts';
import { openJudge, type Base } from './judge.ts';
import { LeastFound } from './least-found.ts';
import { openWorkshop } from './proxies.ts';
import { serve, survivalOf, truthOf, type Served } from './served.ts';

/** What a host may give up: shares of perplexity, or points of accuracy, against the edition that it holds. */
export const COSTS = [0.01, 0.02, 0.05, 0.1] as const;

const NAME = 'adaptive host';
/** A copy that costs less has forgotten nothing yet, one that costs more has forgotten the rest as well. */
const [UNTOUCHED, BROKEN] = [0.003, 0.6];

/**
 * A host that adapts. It knows its own edition, text of its own and this code, but no secret: it makes copies that have
 * forgotten more of the marks than of the rest, and serves them, or its edition pushed back wherever that rises far
 * above a copy's opinion. Whatever costs little is tried; the points are the least that each kind leaves within each
 * cost. Which of its tries works best the host cannot see, so that the least over all is what is safe to plan with.
 */
export const adaptiveAttack: Attack = watchedAttack();

/** A try that costs no more than {@link WATCHED}: what is served, and what its file holds. */
export interface Tried {
  label: string;
  cost: number;
  /** Scores at the specimen's tracing keys, [keys, outcomes]. */
  scores: Float32Array;
  models: readonly OnnxModel[];
}

/** Cost within which tries are watched, and the contrasts among them. */
export const WATCHED = 0.05;
const WATCHED_PUSHES: readonly number[] = [1, 2, 8, 32];
const WATCHED_SLACKS: readonly number[] = [0.25, 0.5, 1, 2];

/** {@link adaptiveAttack}, which tells of every copy, and of a grid of contrasts of every two, as it goes. */
export function watchedAttack(watch?: (tried: Tried) => Promise<void>): Attack {
  return {
    family: 'adaptive',
    name: NAME,
    fits: () => true,
    async *points(specimen, signal) {
      const found = new LeastFound(COSTS);
      await search({ specimen, found, ...(watch ? { watch } : {}) }, signal);
      yield* found.points(NAME);
    },
  };
}

interface Search {
  specimen: Specimen;
  found: LeastFound;
  watch?: (tried: Tried) => Promise<void>;
}

async function search({ specimen, found, watch }: Search, signal: AbortSignal | undefined): Promise<void> {
  stopIfAborted(signal);
  const { judging } = splitHeldout(specimen.heldout);
  const products = await openProducts(specimen.clean.engine);
  try {
    const judge = openJudge(specimen, await serve(specimen, specimen.marked, judging), truthOf(specimen, judging));
    const { edition } = judge;
    found.add('nothing', 'as it is', survivalOf(edition.served.keys, specimen.outcomes), () => 0);
    await watch?.({ label: 'as it is', cost: 0, scores: edition.served.tracing, models: [specimen.marked] });
    const workshop = await openWorkshop(specimen, products);
    const bases = [{ base: edition, model: specimen.marked }];
    for (const { label, model } of await workshop.mild())
      bases.push({ base: judge.base(label, await serve(specimen, model, judging)), model });
    for (const ladder of workshop.ladders())
      for await (const { family, label, model } of ladder) {
        stopIfAborted(signal);
        const served = await serve(specimen, model, judging);
        const cost = judge.costOf(served);
        found.add(family, label, survivalOf(served.keys, specimen.outcomes), () => cost);
        if (cost <= WATCHED) await watch?.({ label, cost, scores: served.tracing, models: [model] });
        if (cost > BROKEN) break;
        if (cost <= UNTOUCHED) continue;
        for (const { base, model: own } of bases) {
          const pair: Pair = { base, proxy: { label, served }, costUnder: judge.costUnder(base, served) };
          contrast(specimen, base === edition ? 'contrast' : 'contrast of a refit', pair, found);
          if (watch) for (const tried of watched(pair)) await watch({ ...tried, models: [own, model] });
        }
      }
  } finally {
    await products.dispose();
  }
}

/** What is served, pushed back by a copy that forgot more. */
interface Pair {
  base: Base;
  proxy: { label: string; served: Served };
  costUnder: (contrast: Contrast) => number;
}

const inWords = ({ base, proxy }: Pair, { push, slack }: Contrast): string =>
  `${base.label} against ${proxy.label}; push ${push}, slack ${slack}`;

/** Every push and slack; a push that costs more already than anything is worth is not raised any more. */
function contrast({ outcomes }: Specimen, family: string, pair: Pair, found: LeastFound): void {
  const { base, proxy, costUnder } = pair;
  for (const slack of SLACKS)
    for (const push of PUSHES) {
      const survival = survivalOf(scoresUnder(base.served.keys, proxy.served.keys, { push, slack }), outcomes);
      const cost = found.add(family, inWords(pair, { push, slack }), survival, () => costUnder({ push, slack }));
      if (cost !== undefined && cost > found.worth(family)) break;
    }
}

function* watched(pair: Pair): Generator<Omit<Tried, 'models'>> {
  const { base, proxy, costUnder } = pair;
  for (const slack of WATCHED_SLACKS)
    for (const push of WATCHED_PUSHES) {
      const cost = costUnder({ push, slack });
      if (cost > WATCHED) break;
      const scores = scoresUnder(base.served.tracing, proxy.served.tracing, { push, slack });
      yield { label: inWords(pair, { push, slack }), cost, scores };
    }
}

/**
 * s(cost): the least share of keys that any attack leaves that costs its author no more; 1 where none was tried.
 * Sampling, suppression and filters have channels of their own and do not count.
 */
export function survivalWithin(points: readonly SurvivalPoint[], most: number): number {
  const counted = points.filter(
    ({ family, cost }) => !['sampling', 'suppression', 'filter', 'collusion'].includes(family) && (cost ?? 0) <= most,
  );
  return Math.min(1, ...counted.map(({ survival }) => survival));
}
