import { selectAnswers } from '@oml/fingerprint/code-book/select';
import type { CodeBook } from '@oml/fingerprint/code-book/code-book';
import type { Sampled } from '@oml/fingerprint/edition/trace-sampled';
import { report } from '@oml/fingerprint/subject/progress';
import { openView } from '@oml/fingerprint/subject/view';
import { softmax } from '@oml/onnx/sampling';
import { headMatches } from '@oml/protocol/evidence/head';
import type { CommandContext } from '../command.ts';
import { openOwnSubject } from '../model.ts';
import { beaconOf, type Release } from '../workspace.ts';
import type { AskMany } from '../ask.ts';

/**
 * Asks an endpoint each tracing key so many times at temperature 1, and tells how often its answer came, beside the
 * chance that the clean model gives it.
 */
export async function sampleTracingKeys(
  { output, signal }: CommandContext,
  release: Release,
  book: CodeBook,
  sample: AskMany,
  times: number,
): Promise<Sampled[]> {
  const tracing = book.keys.slice(book.commonCount);
  const selections = selectAnswers(book, beaconOf(release)).slice(book.commonCount);
  const subject = await openOwnSubject(release.modelFolder);
  const view = await openView(subject);
  const { scores } = await view.answering(tracing.map(({ prompt }) => prompt)).finally(() => view.dispose());
  const size = subject.inspection.outcomes;
  const sampled: Sampled[] = [];
  for (const [i, { prompt }] of tracing.entries()) {
    report({ signal, onProgress: output.progress }, 'asking tracing keys', i / tracing.length);
    const { candidate, outcome } = selections[i]!;
    const heads = await sample(prompt, times);
    const hits = heads.filter((head) => headMatches(head, candidate)).length;
    sampled.push({ hits, asked: heads.length, chance: softmax(scores, i * size, size)[outcome]! });
  }
  return sampled;
}
