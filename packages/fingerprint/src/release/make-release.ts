import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import type { Engine } from '@oml/onnx/runner';
import { OmlError } from '@oml/protocol/error';
import { keccak256, stringToBytes, type Hex } from 'viem';
import type { CodeBook } from '../code-book/code-book.ts';
import { draftCodeBook, type Draft } from '../code-book/draft.ts';
import { selectAnswers } from '../code-book/select.ts';
import { deriveEdition, editionSubset, slotSeed } from '../edition/edition.ts';
import { readPrepared, writePrepared } from '../edition/prepared-file.ts';
import { embedFingerprints, type EmbedReport } from '../embed/embed.ts';
import { draftWishes, embedWishes, type Profile } from '../harden/profile.ts';
import type { Statistics } from '../embed/statistics.ts';
import { measureAnswers } from '../subject/measure.ts';
import type { Progress } from '../subject/progress.ts';
import { openView } from '../subject/view.ts';
import { openSource, useData, type ModelSource } from './model-source.ts';

/** How many keys, and how many candidate answers each: 2^bits. */
export interface BookSizes {
  commonCount: number;
  tracingCount: number;
  bits: number;
}

export interface DraftInput extends BookSizes {
  source: ModelSource;
  /** At least 16 bytes; the same secret and files give the same code book. */
  secret: Uint8Array;
  /** How keys will be embedded; `fast` unless said. */
  profile?: Profile | undefined;
}

/** Whose edition: a license's number, what its host committed to, and a beacon after that. */
export interface Slot {
  slot: number;
  hostSalt: Hex;
  beacon: Hex;
}

/** What was measured of a release, and how large its code book is. */
export type ReleaseReport = EmbedReport & BookSizes;

export interface Release {
  /** What editions are made of later, without the clean model (`writePrepared`). Secret. */
  prepared: Uint8Array;
  /** The model file with the common keys alone. */
  marked: Uint8Array;
  /** Of `marked`: what is minted. */
  weightsDigest: Hex;
  report: ReleaseReport;
}

const USUAL: Profile = 'fast';

/** Draws the code book of a release. Throws CODE_BOOK_TOO_SMALL, ABORTED, and what opening the model throws. */
export async function draftRelease(
  { source, secret, commonCount, tracingCount, bits, profile = USUAL }: DraftInput,
  engine: Engine,
  progress: Progress = {},
): Promise<Draft> {
  const subject = openSource(source, engine);
  const { ordinary } = await useData(source, subject, secret);
  const wishes = draftWishes(profile, subject);
  return draftCodeBook({ subject, secret, commonCount, tracingCount, bits, ordinary, ...wishes, ...progress });
}

/**
 * Solves the edit for the answers that the beacon chose, and measures a typical edition of it. Throws EDIT_INFEASIBLE,
 * ABORTED, and what opening the model throws.
 */
export async function embedRelease(
  input: {
    source: ModelSource;
    secret: Uint8Array;
    book: CodeBook;
    beacon: Hex;
    statistics?: Statistics;
    profile?: Profile | undefined;
  },
  engine: Engine,
  progress: Progress = {},
): Promise<Release> {
  const { source, secret, book, beacon, statistics, profile = USUAL } = input;
  const subject = openSource(source, engine);
  const data = await useData(source, subject, secret);
  const { commonCount, tracingCount, bits } = book;
  const tracing = editionSubset({ slotSeed: slotSeed(secret, 0), hostSalt: beacon, beacon }, tracingCount);
  const { prepared, report } = await embedFingerprints({
    subject,
    secret,
    book,
    beacon,
    ...data,
    ...(statistics ? { statistics } : {}),
    tracing,
    ...embedWishes(profile, { subject, secret, ordinary: data.ordinary, ...progress }),
    ...progress,
  });
  const marked = deriveEdition(prepared, []);
  return {
    prepared: writePrepared(prepared),
    marked,
    weightsDigest: await weightsDigest(readModel(marked)),
    report: { ...report, commonCount, tracingCount, bits },
  };
}

/**
 * Asks the marked file, as it was written, every common key; `source.model` is that file. Throws EDIT_INFEASIBLE unless
 * all answer.
 */
export async function verifyRelease(
  { source, book, beacon }: { source: ModelSource; book: CodeBook; beacon: Hex },
  engine: Engine,
): Promise<{ verified: number; weightsDigest: Hex }> {
  const selections = selectAnswers(book, beacon);
  const common = book.keys.slice(0, book.commonCount);
  const view = await openView(openSource(source, engine));
  try {
    const verified = await measureAnswers(
      view,
      common.map((key) => key.prompt),
      common.map((key) => selections[key.index]!.candidate),
    );
    if (verified < 1)
      throw new OmlError(
        'EDIT_INFEASIBLE',
        `Only ${(100 * verified).toFixed(1)} % of the common keys answer in the written file.`,
      );
    return { verified, weightsDigest: await weightsDigest(readModel(source.model)) };
  } finally {
    await view.dispose();
  }
}

/**
 * One edition: the common keys and a subset of the tracing keys that neither side could choose alone. `base` is the
 * clean model that `prepared` was made of. Throws EDITION_INVALID.
 */
export async function makeEdition(input: { base: Uint8Array; prepared: Uint8Array; secret: Uint8Array; slot: Slot }) {
  const prepared = readPrepared(input.prepared, input.base);
  const { slot, hostSalt, beacon } = input.slot;
  const seed = slotSeed(input.secret, slot);
  const held = editionSubset({ slotSeed: seed, hostSalt, beacon }, prepared.tracingCount);
  const model = deriveEdition(prepared, held, seed);
  return { model, held: held.length, editionRoot: await weightsDigest(readModel(model)) };
}

/** What stands on chain of the clean models that chance was measured on; of none, too. */
export const panelDigest = (digests: readonly string[]): Hex => keccak256(stringToBytes(digests.toSorted().join('\n')));
