import { OmlError } from '@oml/protocol/error';
import { buildGeometry, type Geometry } from '../embed/geometry.ts';
import { presetFor, type Preset } from '../embed/presets.ts';
import { measureOrdinary, measureOwn, type Statistics } from '../embed/statistics.ts';
import { openProducts } from '../algebra/products.ts';
import { report, type Progress } from '../subject/progress.ts';
import { keyHashOf, type Prompt } from '../subject/prompt.ts';
import { readoutOf } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Rows } from '../subject/rows.ts';
import { openView } from '../subject/view.ts';
import { attainableLeads } from './attainable.ts';
import { outcomeHeads, type Candidate, type CandidateRules } from './candidates.ts';
import { pickDifferent, shortlist, type Choice } from './choose-keys.ts';
import { leavesOf, rootOf, type CodeBook, type CodeBookKey } from './code-book.ts';
import { measureControls, type Control } from './controls.ts';
import { drawPool, ownRows, promptPool, type KeyPool, type PoolOptions } from './key-pool.ts';
import { rankChoices } from './rank-choices.ts';
import { poseidonRoot } from './poseidon-root.ts';
import { refusal, refusePublicKeys } from './public-keys.ts';
import { deriveHex, secretRandom, shuffle } from './secret.ts';

export interface DraftOptions extends Progress, PoolOptions, Partial<Preset> {
  subject: Subject;
  /** At least 16 bytes; the same secret drafts the same code book. */
  secret: Uint8Array;
  commonCount: number;
  tracingCount: number;
  /** 2^bits candidate answers per key; 1 to 6. */
  bits: number;
  ordinary: Ordinary;
  /** Clean models that measure the chance rate. */
  panel?: readonly Control[];
  /** Keys of the owner's own instead of drawn ones: the cheapest of them are kept. Refused where published. */
  customKeys?: readonly Prompt[];
  /** Texts that must not be keys, beside those that were published with other schemes. */
  refusedKeys?: readonly string[];
}

export interface Draft {
  book: CodeBook;
  /** Worth handing to `embedFingerprints`, which would measure them again. */
  statistics: Statistics;
  geometry: Geometry;
}

/** Logits that an answer must be able to lead by: the plain margin and something to spare. */
const ATTAINABLE = 3;
/** Choices that are looked at closely, per key kept. */
const SHORTLIST = 3;
const MERGE_WEIGHT = 0.5;
/** Positions that choices are judged by, of ordinary text and of the model's own. */
const ORDINARY_BYSTANDERS = 12_288;
const OWN_BYSTANDERS = 8192;

/**
 * Draws keys and candidate answers, and commits to them by a root. Throws CODE_BOOK_TOO_SMALL where the model cannot
 * supply so many.
 */
export async function draftCodeBook(options: DraftOptions): Promise<Draft> {
  const { subject, secret, bits, commonCount, tracingCount } = options;
  const count = commonCount + tracingCount;
  if (bits < 1 || bits > 6 || commonCount < 1)
    throw new OmlError('CODE_BOOK_INVALID', 'A code book needs 1 to 6 bits and at least one common key.');
  const preset = presetFor(subject.inspection, options);
  const readout = readoutOf(subject);
  const [view, products] = [await openView(subject), await openProducts(subject.engine)];
  try {
    const bystanders: Pick<Rows, 'keys' | 'count'>[] = [];
    const ordinary = await measureOrdinary(
      subject,
      view,
      readout,
      products,
      options.ordinary,
      options,
      keepKeys(bystanders, ORDINARY_BYSTANDERS),
    );
    const drawn = await drawPool(
      subject,
      view,
      secret,
      Math.max(preset.poolLeast, count * preset.poolFactor),
      options.ordinary,
      options,
    );
    const statistics = {
      ordinary,
      own: await measureOwn(
        subject,
        ownRows(subject, view, drawn),
        readout,
        products,
        keepKeys(bystanders, OWN_BYSTANDERS),
      ),
    };
    const geometry = await buildGeometry(statistics, readout, products, preset);
    const pool = options.customKeys
      ? await promptPool(view, allowed(options.customKeys, options.refusedKeys))
      : refuse(drawn, options.refusedKeys);
    report(options, 'choice', 0);
    const wishes = {
      slack: preset.slack,
      mergeWeight: MERGE_WEIGHT,
      ...(preset.chance === undefined ? {} : { chance: preset.chance }),
    };
    const choices = await shortlist(
      pool,
      { geometry, readout, products, rules: await candidateRules(options, readout, products, preset.window), wishes },
      SHORTLIST * count,
    );
    const random = secretRandom(secret, 'variants that choose');
    const ranked = await rankChoices({
      subject,
      choices,
      geometry,
      products,
      bystanders,
      texts: drawn.texts,
      ordinary: options.ordinary,
      frequencies: frequenciesOf(options.ordinary, statistics),
      random,
    });
    const chosen = pickDifferent(ranked, pool, count);
    if (chosen.length < count) throw tooSmall(chosen.length, count, bits);
    const book = await bookOf(options, chosen);
    return { book, statistics, geometry };
  } finally {
    await Promise.all([view.dispose(), products.dispose()]);
  }
}

/** Takes batches of rows into `kept` until it has about `limit` of them; the engine may reuse their memory. */
function keepKeys(kept: Pick<Rows, 'keys' | 'count'>[], limit: number): (rows: Rows) => void {
  let seen = 0;
  return ({ keys, count }) => {
    if (seen < limit) kept.push({ keys: Float32Array.from(keys), count });
    seen += count;
  };
}

async function candidateRules(
  { subject, bits }: DraftOptions,
  readout: ReturnType<typeof readoutOf>,
  products: Awaited<ReturnType<typeof openProducts>>,
  window: number,
): Promise<CandidateRules> {
  const leads = await attainableLeads(readout, products);
  const usualHeads = outcomeHeads(subject);
  return {
    usualHeads,
    heads: usualHeads.map((head, outcome) => (leads[outcome]! >= ATTAINABLE ? head : undefined)),
    bits,
    window,
  };
}

function allowed(prompts: readonly Prompt[], refused: readonly string[] = []): readonly Prompt[] {
  refusePublicKeys(
    prompts.flatMap((prompt) => (prompt.kind === 'text' ? [prompt.text] : [])),
    refused,
  );
  return prompts;
}

function refuse(pool: KeyPool, refused: readonly string[] = []): KeyPool {
  const isRefused = refusal(refused);
  return {
    ...pool,
    promptAt: (position) =>
      ((prompt) => (prompt?.kind === 'text' && isRefused(prompt.text) ? undefined : prompt))(pool.promptAt(position)),
  };
}

/** How often each token ends an input: counted in ordinary text, and as the model expects it, whichever is more. */
function frequenciesOf(ordinary: Ordinary, { own }: Statistics): Float64Array {
  const counted = new Float64Array(own.chances.length);
  if (ordinary instanceof Int32Array) for (const id of ordinary) counted[id]! += 1 / ordinary.length;
  return own.chances.map((chance, id) => Math.max(chance, counted[id]! + 1 / ordinary.length));
}

async function bookOf(
  { secret, subject, bits, commonCount, tracingCount, panel = [], ...progress }: DraftOptions,
  chosen: readonly Choice[],
): Promise<CodeBook> {
  // Damage must not tell which key is common and which traces.
  const keys = shuffle(chosen, secretRandom(secret, 'order')).map(({ prompt, candidates }, index) =>
    makeKey(secret, index, prompt, candidates),
  );
  report(progress, 'controls', 0);
  const controls = await measureControls(panel, keys, bits);
  const body = { version: 1 as const, kind: subject.inspection.kind, bits, commonCount, tracingCount, keys, controls };
  return { ...body, root: rootOf(body), poseidonRoot: poseidonRoot(leavesOf(body)) };
}

function makeKey(secret: Uint8Array, index: number, prompt: Prompt, candidates: readonly Candidate[]): CodeBookKey {
  const keyHash = keyHashOf(prompt);
  const [heads, outcomes] = [candidates.map((c) => c.head), candidates.map((c) => c.outcome)];
  return { index, prompt, keyHash, candidates: heads, outcomes, salt: deriveHex(secret, `salt ${keyHash}`) };
}

function tooSmall(found: number, wanted: number, bits: number): OmlError {
  return new OmlError(
    'CODE_BOOK_TOO_SMALL',
    `Only ${found} of ${wanted} keys with ${2 ** bits} candidate answers were found in this model.`,
    { details: { found, wanted, bits } },
  );
}
