import { judge } from './judge.ts';
import type { PlannedView } from './planned.ts';
import { featuresOf } from './view.ts';

const PARTS = ['payments', 'times', 'connection', 'parameters', 'wording'] as const;
export type Part = (typeof PARTS)[number];

/** How often the better of the host's classifiers is right, from all that it sees or from a part of it. */
export function rightAbout(calls: readonly PlannedView[], folds: number, parts: readonly Part[] = PARTS): number {
  const features = featuresOf(calls.map(({ view }) => view));
  const examples = calls.map(({ isProbe, group }, i) => ({
    isProbe,
    group,
    features: parts.flatMap((part) => features[i]![part]),
  }));
  return Math.max(...Object.values(judge(examples, folds)));
}
