import { argmax } from '@oml/onnx/sampling';
import { readModel } from '@oml/onnx/model-file';
import { headMatches } from '@oml/protocol/evidence/head';
import type { CodeBook } from '../code-book/code-book.ts';
import type { Selection } from '../code-book/select.ts';
import type { Prepared } from '../edition/edition.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import { asStored, addDeltas } from '../embed/tensor-delta.ts';
import { transpose } from '../algebra/linear-algebra.ts';
import type { Products } from '../algebra/products.ts';
import type { Readout } from '../subject/readout.ts';
import type { Subject } from '../subject/subject.ts';
import { pickRows, type Rows, type View } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';

/** The tracing keys of a release, with what the clean model computes there. */
export interface Keyring {
  rows: Rows;
  /** The selected outcome of each. */
  outcomes: readonly number[];
  readout: Readout;
  /** The clean matrix, [keySize, hiddenSize]. */
  clean: Float32Array;
  /** Directions of the readout, turned: [hiddenSize, outcomes]. */
  turned: Float32Array;
}

export async function openKeyring(
  view: View,
  { base, site }: Prepared,
  book: CodeBook,
  selections: readonly Selection[],
  readout: Readout,
): Promise<Keyring> {
  const tracing = book.keys.slice(book.commonCount);
  const rows = await view.answering(tracing.map((key) => key.prompt));
  const outcomes = selections.slice(book.commonCount).map(({ outcome }) => outcome);
  return {
    rows: pickRows(
      rows,
      tracing.map((_, row) => row),
    ),
    outcomes,
    readout,
    clean: siteMatrix(site, base),
    turned: Float32Array.from(transpose(readout.directions, readout.outcomes, readout.hiddenSize)),
  };
}

/**
 * Which tracing keys answer under another matrix. The edit lies behind everything else in the network, so the hidden
 * state follows exactly from the clean
 * one: h + k (W′ − W). True where an edition differs from the clean model in this matrix alone.
 */
export async function firingKeys(
  { rows, outcomes, readout, clean, turned }: Keyring,
  attacked: Float32Array,
  products: Products,
): Promise<boolean[]> {
  const { hiddenSize } = readout;
  const keySize = clean.length / hiddenSize;
  const moved = await products.multiply(
    rows.keys,
    attacked.map((value, i) => value - clean[i]!),
    rows.count,
    keySize,
    hiddenSize,
  );
  const states = moved.map((value, i) => value + rows.hidden[i]!);
  const scores = await products.multiply(states, turned, rows.count, hiddenSize, readout.outcomes);
  return outcomes.map((outcome, row) => {
    const scale = readout.scale(states, row * hiddenSize);
    return (
      argmax(
        scores
          .subarray(row * readout.outcomes, (row + 1) * readout.outcomes)
          .map((score, j) => score / scale + readout.offsets[j]!),
      ) === outcome
    );
  });
}

/** The clean file with another matrix, [keySize, hiddenSize]. */
export function withSiteMatrix({ base, site }: Prepared, matrix: Float32Array): Uint8Array {
  const clean = siteMatrix(site, base);
  return addDeltas(base, [
    {
      initializer: site.initializer,
      values: asStored(
        site,
        matrix.map((value, i) => value - clean[i]!),
      ),
    },
  ]);
}

/**
 * {@link withSiteMatrix}, and which tracing keys it answers when it is run and its answers are compared as the chain
 * does.
 */
export async function firingInFile(
  subject: Subject,
  prepared: Prepared,
  book: CodeBook,
  selections: readonly Selection[],
  attacked: Float32Array,
): Promise<{ file: Uint8Array; fired: boolean[] }> {
  const file = withSiteMatrix(prepared, attacked);
  const view = await openView(subject, readModel(file).bytes);
  try {
    const tracing = book.keys.slice(book.commonCount);
    const heads = await view.heads(tracing.map((key) => key.prompt));
    return { file, fired: heads.map((head, i) => headMatches(head, selections[book.commonCount + i]!.candidate)) };
  } finally {
    await view.dispose();
  }
}
