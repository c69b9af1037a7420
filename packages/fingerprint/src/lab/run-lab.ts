import type { MeasuredOn } from '@oml/onnx/run/measured-on';
import { report as tell, type Progress } from '../subject/progress.ts';
import { measureAnswers } from '../subject/measure.ts';
import { openView } from '../subject/view.ts';
import { adaptiveAttack, COSTS, survivalWithin } from './adaptive/adaptive-attack.ts';
import { alignedMergeAttack } from './aligned-merge.ts';
import { perplexityFilter } from './filter-attack.ts';
import { forgeClaims } from './forged-claims.ts';
import { REPORT_VERSION, type LabReport } from './lab-report.ts';
import { lookAheadAttack } from './look-ahead-attack.ts';
import { outputAttacks } from './output-attacks.ts';
import { prefixAttack, wrapperAttack } from './prompt-attacks.ts';
import { refitAttack } from './refit-attack.ts';
import { isLanguage, type Attack, type Specimen, type SurvivalPoint } from './specimen.ts';
import { weightAttacks } from './weight-attacks.ts';

/** Everything that needs no training, mildest first; minutes on a model of some million weights. */
export const QUICK_ATTACKS: readonly Attack[] = [
  ...weightAttacks,
  alignedMergeAttack,
  refitAttack,
  wrapperAttack,
  prefixAttack,
  ...outputAttacks,
  lookAheadAttack,
  perplexityFilter,
];

/** An attack that costs its author more of the model than this is no way to use the model. */
const AFFORDABLE = 0.05;

export interface LabOptions extends Progress {
  specimen: Specimen;
  attacks?: readonly Attack[];
  /** Batches of forged claims against the clean model, per code book; none by default. */
  forgedBatches?: number;
  /** What the specimen's engine runs on, for the report. */
  measuredOn?: MeasuredOn;
}

/** Runs attacks against a specimen and reports how much of its fingerprint is left. Throws ABORTED. */
export async function runLab({
  specimen,
  attacks = QUICK_ATTACKS,
  forgedBatches = 0,
  measuredOn,
  ...progress
}: LabOptions): Promise<LabReport> {
  const fitting = attacks.filter((attack) => attack.fits(specimen));
  const points: SurvivalPoint[] = [];
  for (const [i, attack] of fitting.entries()) {
    for await (const point of attack.points(specimen, progress.signal)) {
      tell(progress, attack.name, i / fitting.length);
      points.push(point);
    }
  }
  const view = await openView(specimen.clean, specimen.marked.bytes);
  const untouched = await measureAnswers(view, specimen.prompts, specimen.candidates);
  await view.dispose();
  const forged =
    forgedBatches > 0
      ? await forgeClaims({
          control: specimen.clean,
          ordinary: specimen.ordinary,
          cases: forgedCases(specimen),
          batches: forgedBatches,
          ...progress,
        })
      : undefined;
  return {
    version: REPORT_VERSION,
    model: specimen.name,
    kind: specimen.clean.inspection.kind,
    keys: specimen.prompts.length,
    untouched,
    survival: plannedSurvival(untouched, points),
    ...(fitting.includes(adaptiveAttack)
      ? { within: COSTS.map((cost) => ({ cost, survival: Math.min(untouched, survivalWithin(points, cost)) })) }
      : {}),
    points,
    ...(measuredOn ? { measuredOn } : {}),
    ...(forged ? { forged } : {}),
  };
}

/** A usual book, and one so small that luck with a few keys would carry far. Ten classes leave room for 3 bits. */
const forgedCases = (specimen: Specimen) => [64, 8].map((keys) => ({ bits: isLanguage(specimen) ? 4 : 3, keys }));

/**
 * The s that bonds and probes are planned with (protocol §7): the least survival over all changes to weights and
 * prompts that cost their author
 * under 5 %. Without the adaptive attack it only tells what carelessness leaves. Sampling and suppression have channels
 * of their own and do not enter.
 */
export function plannedSurvival(untouched: number, points: readonly SurvivalPoint[]): number {
  const counted = points.filter(
    ({ family, cost }) =>
      !['sampling', 'suppression', 'filter', 'collusion'].includes(family) && (cost ?? 0) <= AFFORDABLE,
  );
  return Math.min(untouched, ...counted.map(({ survival }) => survival));
}
