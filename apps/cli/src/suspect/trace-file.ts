import { alignSuspect } from '@oml/fingerprint/align/align-suspect';
import { ordinaryQuestions } from '@oml/fingerprint/align/ordinary-questions';
import { openProducts, type Products } from '@oml/fingerprint/algebra/products';
import type { CodeBook } from '@oml/fingerprint/code-book/code-book';
import { openPresence } from '@oml/fingerprint/edition/atom-presence';
import { slotSeed, type Prepared } from '@oml/fingerprint/edition/edition';
import { sharedMatrix } from '@oml/fingerprint/edition/residual';
import { siteMatrix } from '@oml/fingerprint/edition/site-matrix';
import type { Suspect as Accused } from '@oml/fingerprint/edition/trace';
import { traceMatrices } from '@oml/fingerprint/edition/trace-matrices';
import type { NoiseSuspect } from '@oml/fingerprint/edition/trace-weights';
import { matchInPlace, type OriginMatch } from '@oml/fingerprint/evidence/match-in-place';
import { covarianceOf } from '@oml/fingerprint/subject/covariance-of';
import { report } from '@oml/fingerprint/subject/progress';
import type { Subject } from '@oml/fingerprint/subject/subject';
import { openView } from '@oml/fingerprint/subject/view';
import type { Suspect } from '@oml/fingerprint/suspect/open-suspect';
import { isOmlError } from '@oml/protocol/error';
import type { CommandContext } from '../command.ts';
import { readData } from '../data.ts';
import { readSecretFile } from '../secret-file.ts';
import type { Target } from './target.ts';
import { checkSecret, openPrepared, type Licensees, type Release } from '../workspace.ts';

/** What the weights of a copy say, beyond its answers. */
export interface TracedFile {
  byAtoms?: Accused[];
  /** Only with the owner's secret, which the noise comes from. */
  byNoise?: NoiseSuspect[];
  /** Whether they are the owner's weights at all, marked or not. */
  origin?: OriginMatch;
}

interface FileInputs {
  folder: string;
  release: Release;
  book: CodeBook;
  licensees: Licensees;
  inside: NonNullable<Target['inside']>;
  secret: string | undefined;
}

/**
 * Looks for each atom, and for the noise of each edition, in the weights of a copy, which are brought back to the
 * owner's basis and order first. Empty where nothing in it does what the edited matrix does.
 */
export async function traceFile(context: CommandContext, inputs: FileInputs): Promise<TracedFile> {
  const { folder, release, book, licensees, secret } = inputs;
  const { subject, suspect } = inputs.inside;
  const seed = secret === undefined ? undefined : await readSecretFile(secret);
  if (seed) checkSecret(release, seed);
  const prepared = await openPrepared(folder, subject.model.bytes);
  const ordinary = (await readData(subject, release.modelFolder, undefined).catch(() => undefined))?.ordinary;
  const products = await openProducts(subject.engine);
  try {
    report({ signal: context.signal, onProgress: context.output.progress }, 'comparing weights', 0);
    const questions = ordinaryQuestions(
      subject,
      ordinary,
      book.keys.map(({ prompt }) => prompt),
    );
    const reference = sharedMatrix(prepared);
    const aligned = await alignSuspect({ subject, reference, suspect, questions, products });
    const matrices = [...asItLies(prepared, suspect), ...aligned.map(({ matrix }) => matrix)];
    if (matrices.length === 0) {
      context.output.note(
        'The weights of this copy cannot be compared: nothing in it does what the edited matrix does.',
      );
      return {};
    }
    const covariance = ordinary && (await covarianceOf(subject.model, subject, ordinary, products));
    const origin = matchInPlace(aligned, subject.inspection.site.keySize);
    const { byAtoms, byNoise } = await traceMatrices({
      prepared,
      matrices,
      presenceIn: await presenceOf(subject, prepared, book, products, covariance),
      // A release without tracing keys has noise only.
      licensees: prepared.tracingCount > 0 ? licensees : [],
      noises: licensees.flatMap(({ id, slot }) =>
        seed === undefined || slot === undefined ? [] : [{ id, slotSeed: slotSeed(seed, slot) }],
      ),
      holdChance: release.holdChance,
      ...(covariance ? { covariance } : {}),
    });
    return { byAtoms, ...(seed ? { byNoise } : {}), ...(origin ? { origin } : {}) };
  } finally {
    await products.dispose();
  }
}

/** The matrix under the owner's name for it, where a copy still has it in that form. */
function asItLies({ site }: Prepared, { model }: Suspect): Float32Array[] {
  try {
    const matrix = siteMatrix(site, model.bytes);
    return matrix.every(Number.isFinite) ? [matrix] : [];
  } catch (error) {
    if (isOmlError(error)) return [];
    throw error;
  }
}

async function presenceOf(
  subject: Subject,
  prepared: Prepared,
  book: CodeBook,
  products: Products,
  covariance: Float64Array | undefined,
): ReturnType<typeof openPresence> {
  if (prepared.tracingCount === 0) return async () => [];
  const view = await openView(subject);
  try {
    const rows = await view.answering(book.keys.slice(book.commonCount).map(({ prompt }) => prompt));
    return await openPresence({ prepared, rows, products, ...(covariance ? { covariance } : {}) });
  } finally {
    await view.dispose();
  }
}
