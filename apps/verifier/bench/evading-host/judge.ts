import { fitTrees } from './boosted-trees.ts';
import type { Classifier, Example } from './classifier.ts';
import { fitLogistic } from './logistic.ts';

/**
 * How often a host that learnt from some calls is right about the others, by each kind of classifier: every group is
 * held out once. Classes count the same however many of each there are, so that guessing is worth a half.
 */
export function judge(examples: readonly Example[], folds: number): { logistic: number; trees: number } {
  const balanced = balance(examples);
  const foldOf = foldsOf(balanced, folds);
  const accuracy = (fit: (train: readonly Example[]) => Classifier): number => {
    let right = 0;
    for (let fold = 0; fold < folds; fold++) {
      const classify = fit(balanced.filter((example) => foldOf(example) !== fold));
      const heldOut = balanced.filter((example) => foldOf(example) === fold);
      for (const { features, isProbe } of heldOut) right += Number(classify(features) > 0.5 === isProbe);
    }
    return right / balanced.length;
  };
  return { logistic: accuracy(fitLogistic), trees: accuracy(fitTrees) };
}

/** The first of each class, as many as the rarer one has. */
function balance(examples: readonly Example[]): Example[] {
  const [probes, others] = [true, false].map((isProbe) => examples.filter((example) => example.isProbe === isProbe));
  const count = Math.min(probes!.length, others!.length);
  return [...probes!.slice(0, count), ...others!.slice(0, count)];
}

function foldsOf(examples: readonly Example[], folds: number): (example: Example) => number {
  const groups = [...new Set(examples.map(({ group }) => group))].sort();
  const numbers = new Map(groups.map((group, at) => [group, at % folds]));
  return ({ group }) => numbers.get(group)!;
}
