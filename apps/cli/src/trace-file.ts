import type { CodeBook } from '@oml/fingerprint/code-book/code-book';
import { openPresence } from '@oml/fingerprint/edition/atom-presence';
import { slotSeed, type Prepared } from '@oml/fingerprint/edition/edition';
import type { Suspect } from '@oml/fingerprint/edition/trace';
import { traceGraded } from '@oml/fingerprint/edition/trace-graded';
import { traceWeights, type NoiseSuspect } from '@oml/fingerprint/edition/trace-weights';
import { openProducts } from '@oml/fingerprint/algebra/products';
import { covarianceOf } from '@oml/fingerprint/subject/covariance-of';
import { report } from '@oml/fingerprint/subject/progress';
import type { Subject } from '@oml/fingerprint/subject/subject';
import { openView } from '@oml/fingerprint/subject/view';
import { isOmlError } from '@oml/protocol/error';
import type { CommandContext } from './command.ts';
import { readData } from './data.ts';
import { openModel, openOwnSubject } from './model.ts';
import { readSecretFile } from './secret-file.ts';
import { checkSecret, openPrepared, type Licensees, type Release } from './workspace.ts';

/** What the weights of a copy say, beyond its answers. */
export interface TracedFile {
  byAtoms?: Suspect[];
  /** Only with the owner's secret, which the noise comes from. */
  byNoise?: NoiseSuspect[];
}

interface FileInputs {
  folder: string;
  release: Release;
  book: CodeBook;
  licensees: Licensees;
  file: string;
  secret: string | undefined;
}

/**
 * Looks for each atom, and for the noise of each edition, in the weights of a copy. Empty where it has no matrix of
 * that size.
 */
export async function traceFile(
  context: CommandContext,
  { folder, release, book, licensees, file, secret }: FileInputs,
): Promise<TracedFile> {
  const seed = secret === undefined ? undefined : await readSecretFile(secret);
  if (seed) checkSecret(release, seed);
  const subject = await openOwnSubject(release.modelFolder);
  const prepared = await openPrepared(folder, subject.model.bytes);
  const copy = (await openModel(file)).model.bytes;
  try {
    report({ signal: context.signal, onProgress: context.output.progress }, 'comparing weights', 0);
    const covariance = await ordinaryCovariance(subject, release.modelFolder);
    const byAtoms = traceGraded(
      await presenceOf(subject, prepared, book, copy, covariance),
      licensees,
      release.holdChance,
    );
    if (!seed) return { byAtoms };
    const slots = licensees.flatMap(({ id, slot }) =>
      slot === undefined ? [] : [{ id, slotSeed: slotSeed(seed, slot) }],
    );
    return { byAtoms, byNoise: traceWeights(prepared, copy, slots, covariance) };
  } catch (error) {
    if (!isOmlError(error) || error.code !== 'EDITION_INVALID') throw error;
    context.output.note(
      'The weights of this copy cannot be compared: its edited matrix is not there, or has another size.',
    );
    return {};
  }
}

async function presenceOf(
  subject: Subject,
  prepared: Prepared,
  book: CodeBook,
  copy: Uint8Array,
  covariance: Float64Array | undefined,
): Promise<number[]> {
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const rows = await view.answering(book.keys.slice(book.commonCount).map(({ prompt }) => prompt));
    const presenceIn = await openPresence({ prepared, rows, products, ...(covariance ? { covariance } : {}) });
    return await presenceIn(copy);
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

/** What ordinary use needs of the edited matrix; undefined where no ordinary data lies beside the model. */
async function ordinaryCovariance(subject: Subject, folder: string): Promise<Float64Array | undefined> {
  const data = await readData(subject, folder, undefined).catch(() => undefined);
  if (!data) return undefined;
  const products = await openProducts(subject.engine);
  try {
    return await covarianceOf(subject.model, subject, data.ordinary, products);
  } finally {
    await products.dispose();
  }
}
