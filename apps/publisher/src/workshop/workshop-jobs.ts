import { controlOf, measureControls } from '@oml/fingerprint/code-book/controls';
import { readCodeBook, writeCodeBook, type CodeBook, type ControlResult } from '@oml/fingerprint/code-book/code-book';
import type { Statistics } from '@oml/fingerprint/embed/statistics';
import { usualSurvival } from '@oml/fingerprint/harden/measured-survival';
import type { Profile } from '@oml/fingerprint/harden/profile';
import {
  draftRelease,
  embedRelease,
  makeEdition,
  panelDigest,
  verifyRelease,
  type DraftInput,
  type ReleaseReport,
  type Slot,
} from '@oml/fingerprint/release/make-release';
import { openSource, useData, type ModelSource } from '@oml/fingerprint/release/model-source';
import type { Progress } from '@oml/fingerprint/subject/progress';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { isOmlError } from '@oml/protocol/error';
import { MOST_ITEMS } from '@oml/protocol/evidence/batch';
import { deserialize, serialize } from 'node:v8';
import type { Hex } from 'viem';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { PublicationPlanJson } from '@oml/protocol/wire/publication-plan';
import { keyBody } from '../programs/key-body.ts';
import { publicationPlan, type PlanInput } from '../programs/publication-plan.ts';
import type { OnProgress } from './workshop-message.ts';

/** What can be told about a model without changing it. */
export interface InspectReport {
  kind: 'language' | 'classifier';
  parameters: number;
  outcomes: number;
  /** Width of the edited matrix: about a sixteenth of it in keys does no visible harm. */
  keySize: number;
  contextLength?: number;
}

export type ChanceReport = ControlResult[];
/** `verified`: share of common keys that the file as released answers, asked again after it was written. */
export type EmbedReport = ReleaseReport & {
  verified?: number;
  /** None for what was published before there were any. */
  plan?: PublicationPlanJson;
};

/** What is made of an order that names no profile. */
const UNNAMED: Profile = 'fast';

/** The heavy work, by name. Runs in a worker thread; everything that goes in or out can be cloned. */
export const jobs = {
  /** Throws MODEL_NOT_ONNX, MODEL_UNSUPPORTED, TOKENIZER_INVALID, REQUEST_INVALID. */
  async inspect(source: ModelSource): Promise<InspectReport> {
    const subject = openSource(source, nodeEngine());
    if (source.kind === 'classifier' || source.ordinary) await useData(source, subject, new Uint8Array(32));
    await (await subject.engine.open(source.model)).dispose();
    const { kind, parameters, outcomes, site, contextLength } = subject.inspection;
    return {
      kind,
      parameters,
      outcomes,
      keySize: site.keySize,
      ...(contextLength === undefined ? {} : { contextLength }),
    };
  },

  async draft(input: DraftInput, onProgress: OnProgress) {
    const { book, statistics } = await draftRelease(input, nodeEngine(), told(onProgress));
    return {
      book: writeCodeBook(book),
      root: book.root,
      poseidonRoot: book.poseidonRoot,
      size: book.keys.length,
      statistics: new Uint8Array(serialize(statistics)),
    };
  },

  /**
   * Bodies of requests that hide those of the common keys: the common keys of another draft of the same size, which
   * is never committed, so that nothing but the secret tells the two apart.
   * None where the model has no second draft in it.
   */
  async decoys(input: DraftInput, onProgress: OnProgress): Promise<Record<string, unknown>[]> {
    try {
      const { book } = await draftRelease(input, nodeEngine(), told(onProgress));
      return book.keys.slice(0, Math.min(book.commonCount, MOST_ITEMS)).map(({ prompt }) => keyBody(prompt));
    } catch (error) {
      if (isOmlError(error) && error.code === 'CODE_BOOK_TOO_SMALL') return [];
      throw error;
    }
  },

  /**
   * How often clean models answer like the code book, and what those models are. One that may be unfit, such as a
   * classifier of other images, is left out then.
   */
  async chance(
    input: { panel: { name: string; source: ModelSource; mayBeUnfit: boolean }[]; book: string },
    onProgress: OnProgress,
  ) {
    const book = readCodeBook(input.book);
    const digests: string[] = [];
    const results: ChanceReport = [];
    for (const [i, { name, source, mayBeUnfit }] of input.panel.entries()) {
      onProgress({ part: 'controls', share: i / input.panel.length });
      const measured = await measureControl(name, source, book).catch((error: unknown) => {
        if (mayBeUnfit) return undefined;
        throw error;
      });
      if (!measured) continue;
      results.push(measured);
      digests.push(await weightsDigest(readModel(source.model)));
    }
    return { results, controlPanelDigest: panelDigest(digests) };
  },

  /** Solves the edit for the answers that the beacon chose, and measures a typical edition of it. */
  embed: (
    input: {
      source: ModelSource;
      secret: Uint8Array;
      book: string;
      beacon: Hex;
      statistics: Uint8Array;
      profile?: Profile | undefined;
    },
    onProgress: OnProgress,
  ) =>
    embedRelease(
      { ...input, book: readCodeBook(input.book), statistics: deserialize(input.statistics) as Statistics },
      nodeEngine(),
      told(onProgress),
    ),

  /** Asks the marked file, read back from disk, every common key. Throws EDIT_INFEASIBLE unless all answer. */
  verify: (input: {
    source: ModelSource;
    book: string;
    beacon: Hex;
  }): Promise<{ verified: number; weightsDigest: Hex }> =>
    verifyRelease({ ...input, book: readCodeBook(input.book) }, nodeEngine()),

  /**
   * What the release can do: exact tails over many keys, so not in the process that answers. Nobody attacked a release
   * that is being published: its s is what was measured of the profile.
   */
  async plan({
    kind,
    profile = UNNAMED,
    ...input
  }: Omit<PlanInput, 'survival' | 'profile'> & {
    kind: ModelKind;
    profile?: Profile | undefined;
  }): Promise<PublicationPlanJson> {
    return publicationPlan({ ...input, profile, survival: usualSurvival(kind, profile) });
  },

  /** One edition: the common keys and a subset of the tracing keys that neither side could choose alone. */
  edition: ({ subset: slot, ...input }: Omit<Parameters<typeof makeEdition>[0], 'slot'> & { subset: Slot }) =>
    makeEdition({ ...input, slot }),
};

/** Progress as the workshop tells it. */
const told = (onProgress: OnProgress): Progress => ({ onProgress: (part, share) => onProgress({ part, share }) });

async function measureControl(name: string, source: ModelSource, book: CodeBook): Promise<ControlResult> {
  const [result] = await measureControls([controlOf(name, openSource(source, nodeEngine()))], book.keys, book.bits);
  return result!;
}

export type Jobs = typeof jobs;
export type JobName = keyof Jobs;
