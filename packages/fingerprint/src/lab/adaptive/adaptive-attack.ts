import { openProducts } from '../../algebra/products.ts';
import { type Attack, type Specimen, type SurvivalPoint, stopIfAborted } from '../specimen.ts';
import { splitHeldout } from '../training-data.ts';
import { keysUnder, PUSHES, SLACKS } from './contrast.ts';
import { openJudge, type Base, type Judge } from './judge.ts';
import { LeastFound } from './least-found.ts';
import { openWorkshop, type Proxy } from './proxies.ts';
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
export const adaptiveAttack: Attack = {
  family: 'adaptive',
  name: NAME,
  fits: () => true,
  async *points(specimen, signal) {
    const found = new LeastFound(COSTS);
    await search(specimen, signal, found);
    yield* found.points(NAME);
  },
};

async function search(specimen: Specimen, signal: AbortSignal | undefined, found: LeastFound): Promise<void> {
  stopIfAborted(signal);
  const { judging } = splitHeldout(specimen.heldout);
  const products = await openProducts(specimen.clean.engine);
  try {
    const judge = openJudge(specimen, await serve(specimen, specimen.marked, judging), truthOf(specimen, judging));
    const { edition } = judge;
    found.add('nothing', 'as it is', survivalOf(edition.served.keys, specimen.outcomes), () => 0);
    const workshop = await openWorkshop(specimen, products);
    const bases = [edition];
    for (const { label, model } of await workshop.mild())
      bases.push(judge.base(label, await serve(specimen, model, judging)));
    for (const ladder of workshop.ladders())
      for await (const proxy of ladder) {
        stopIfAborted(signal);
        const served = await serve(specimen, proxy.model, judging);
        const cost = judge.costOf(served);
        found.add(proxy.family, proxy.label, survivalOf(served.keys, specimen.outcomes), () => cost);
        if (cost > BROKEN) break;
        if (cost > UNTOUCHED) for (const base of bases) contrast(specimen, judge, base, proxy, served, found);
      }
  } finally {
    await products.dispose();
  }
}

/** Every push and slack; a push that costs more already than anything is worth is not raised any more. */
function contrast(
  { outcomes }: Specimen,
  judge: Judge,
  base: Base,
  proxy: Proxy,
  served: Served,
  found: LeastFound,
): void {
  const family = base === judge.edition ? 'contrast' : 'contrast of a refit';
  const costUnder = judge.costUnder(base, served);
  for (const slack of SLACKS)
    for (const push of PUSHES) {
      const survival = survivalOf(keysUnder(base.served, served, { push, slack }), outcomes);
      const label = `${base.label} against ${proxy.label}; push ${push}, slack ${slack}`;
      const cost = found.add(family, label, survival, () => costUnder({ push, slack }));
      if (cost !== undefined && cost > found.worth(family)) break;
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
