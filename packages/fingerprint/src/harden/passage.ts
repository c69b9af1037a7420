import { feedTokens, feedValues } from '@oml/onnx/run/feeds';
import type { Tensor } from '@oml/onnx/runner';
import { itemShape } from '../subject/classifier-view.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';

/** An input with the position that answers: its last token, or the whole of an image. */
export type Passage = { ids: readonly number[] } | { data: Float32Array };

/** Inputs as the model takes them together. */
export interface Pack {
  feeds: Record<string, Tensor>;
  /** Passages, without what fills a fixed batch up. */
  count: number;
  /** Positions per passage, padding included. */
  width: number;
  /** Number of each passage's answering position among all positions of the batch. */
  answers: number[];
  /** 1 for each position of the batch that belongs to a passage, 0 for padding. */
  present: Float32Array;
}

export const passageOf = (prompt: Prompt): Passage =>
  prompt.kind === 'text' ? { ids: prompt.ids } : { data: prompt.data };

/**
 * Packs passages into batches of at most `limit`. Texts are padded behind their end, which a decoder does not look at;
 * a batch size that the file fixes is
 * filled up with the last item again.
 */
export function packPassages(subject: Subject, passages: readonly Passage[], limit = Infinity): Pack[] {
  const fixed = subject.inspection.input.dims[0] ?? undefined;
  const size = Math.min(limit, fixed ?? passages.length);
  return Array.from({ length: Math.ceil(passages.length / Math.max(1, size)) }, (_, i) =>
    packOne(subject, passages.slice(i * size, (i + 1) * size), fixed),
  );
}

function packOne(subject: Subject, passages: readonly Passage[], fixed: number | undefined): Pack {
  const filled = [
    ...passages,
    ...Array.from({ length: Math.max(0, (fixed ?? 0) - passages.length) }, () => passages.at(-1)!),
  ];
  const width = Math.max(...filled.map((passage) => ('ids' in passage ? passage.ids.length : 1)));
  const lengths = filled.map((passage) => ('ids' in passage ? passage.ids.length : 1));
  const present = Float32Array.from({ length: filled.length * width }, (_, at) => {
    const row = Math.floor(at / width);
    return Number(row < passages.length && at % width < lengths[row]!);
  });
  return {
    feeds: feedsOf(subject, filled, width),
    count: passages.length,
    width,
    answers: passages.map((_, row) => row * width + lengths[row]! - 1),
    present,
  };
}

function feedsOf(subject: Subject, passages: readonly Passage[], width: number): Record<string, Tensor> {
  if ('ids' in passages[0]!)
    return feedTokens(
      subject.inspection,
      passages.map((passage) =>
        'ids' in passage
          ? [...passage.ids, ...Array<number>(width - passage.ids.length).fill(passage.ids.at(-1)!)]
          : [],
      ),
    );
  const size = itemShape(subject).reduce((product, dim) => product * dim, 1);
  const data = new Float32Array(passages.length * size);
  passages.forEach((passage, row) => 'data' in passage && data.set(passage.data, row * size));
  return feedValues(subject.inspection, data, passages.length);
}
