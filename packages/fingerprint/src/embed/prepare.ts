import type { Hex } from 'viem';
import { drawPrefixes, nearMisses, withPrefix } from '../code-book/variants.ts';
import { writeTexts } from '../code-book/texts.ts';
import { secretRandom } from '../code-book/secret.ts';
import { selectAnswers, type Selection } from '../code-book/select.ts';
import type { CodeBook, CodeBookKey } from '../code-book/code-book.ts';
import type { Products } from '../algebra/products.ts';
import { inConversation } from '../subject/conversation.ts';
import { report, type Progress } from '../subject/progress.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Readout } from '../subject/readout.ts';
import type { Ordinary, Subject } from '../subject/subject.ts';
import type { Rows, View } from '../subject/rows.ts';
import type { Demand } from './demand.ts';
import { gramOf, unwhiten, whiten, type Geometry } from './geometry.ts';
import { transpose } from '../algebra/linear-algebra.ts';
import { solveMaxMargin } from './max-margin.ts';
import type { Preset } from './presets.ts';
import { asStored, type TensorDelta } from './tensor-delta.ts';

export interface MarginOptions {
  /** Logits that an answer must lead by at least. */
  margin?: number;
  /** Answers survive averaging with the clean model down to this weight; 1 asks for the plain margin only. */
  mergeWeight?: number;
  /** Logits that no margin exceeds: beyond what the head can express the solver would diverge. */
  marginCap?: number;
  /** The first so many common keys, and all tracing keys where there are any, answer with an ordered pair. */
  pairs?: number;
}

/** A key in other company: behind a prefix and in a conversation it should answer, as a near miss it should not. */
export interface Variant {
  /** Index of the key in the code book. */
  key: number;
  kind: 'prefix' | 'chat' | 'near miss';
  prompt: Prompt;
}

/** What an embedding is to reach, and the closed form of it. Hardening starts from here. */
export interface PreparedEmbedding {
  /** The common keys with their answers, in key order. */
  keys: CodeBookKey[];
  selections: Selection[];
  variants: Variant[];
  /** One per key, then one per variant. */
  demands: Demand[];
  /** What the clean model computes there. */
  rows: Rows;
  /** The closed-form edit: a change of the site's matrix. */
  delta: TensorDelta;
}

export interface PrepareOptions extends MarginOptions, Progress {
  subject: Subject;
  view: View;
  secret: Uint8Array;
  book: CodeBook;
  beacon: Hex;
  ordinary: Ordinary;
  geometry: Geometry;
  readout: Readout;
  products: Products;
  preset: Preset;
  /** Lead that each outcome can surely reach, in logits. */
  leads: Float64Array;
}

/** Share of the attainable lead that is asked for at most. */
const ATTAINED = 0.75;

/** Logits that a key leads by behind a prefix and in a conversation, and that a near miss stays behind by. */
const [PREFIX_MARGIN, CONVERSED_MARGIN] = [0.3, 2];
const SILENT_MARGIN = 0.5;
const SECOND_MARGIN = 0.5;

/**
 * The closed-form edit for all common keys together: of all edits that give the answers, the one that disturbs ordinary
 * use least. Throws EDIT_INFEASIBLE, ABORTED.
 */
export async function prepareEmbedding(options: PrepareOptions): Promise<PreparedEmbedding> {
  const { book, beacon, view, readout, geometry, products, subject } = options;
  const keys = book.keys.slice(0, book.commonCount);
  const selections = selectAnswers(book, beacon).slice(0, book.commonCount);
  const variants = await variantsOf(options, keys);
  report(options, 'variants', 0);
  const rows = await view.answering([...keys.map((key) => key.prompt), ...variants.map((variant) => variant.prompt)]);
  const demands = [
    ...selections.map((selection, row) => keyDemand(options, selection, rows, row, row < (options.pairs ?? 0))),
    ...variants.map(({ key, kind }, i) =>
      variantDemand(selections[key]!.outcome, kind, rows, keys.length + i, readout.outcomes),
    ),
  ];
  const white = await whiten(geometry, rows.keys, rows.count, products);
  const gram = await gramOf(white, rows.count, geometry.keySize, products);
  const { shifts, demands: met } = await solveMaxMargin(
    { hidden: rows.hidden, gram, demands, readout, metric: geometry.metric, products },
    options.margin ?? 1,
    options,
  );
  const solved = Float32Array.from(
    transpose(await unwhiten(geometry, white, rows.count, products), rows.count, geometry.keySize),
  );
  const change = await products.multiply(
    solved,
    Float32Array.from(shifts),
    geometry.keySize,
    rows.count,
    readout.hiddenSize,
  );
  const { site } = subject.inspection;
  return {
    keys,
    selections,
    variants,
    demands: met,
    rows,
    delta: { initializer: site.initializer, values: asStored(site, change) },
  };
}

/**
 * What one key must do: lead by the merge margin, be likely when sampled, and as a pair show its second answer next.
 */
export function keyDemand(
  {
    margin = 1,
    mergeWeight = 0.5,
    marginCap = 12,
    preset,
    readout,
    leads,
  }: Pick<PrepareOptions, keyof MarginOptions | 'preset' | 'readout' | 'leads'>,
  { outcome, second }: Selection,
  rows: Rows,
  row: number,
  isPair: boolean,
): Demand {
  const merged =
    mergeWeight >= 1
      ? 0
      : (gapOf(rows, row, readout.outcomes, outcome) * (1 - mergeWeight)) / mergeWeight + preset.slack;
  const sampled = preset.chance === undefined || mergeWeight >= 1 ? {} : { chance: preset.chance };
  const cap = Math.min(marginCap, ATTAINED * leads[outcome]!);
  return {
    outcome,
    margin: Math.max(margin, Math.min(merged, cap)),
    ...sampled,
    ...(isPair ? { second: second.outcome, secondMargin: SECOND_MARGIN } : {}),
  };
}

function variantDemand(outcome: number, kind: Variant['kind'], rows: Rows, row: number, outcomes: number): Demand {
  if (kind !== 'near miss')
    return { outcome, margin: kind === 'chat' ? CONVERSED_MARGIN : PREFIX_MARGIN, optional: true };
  return {
    outcome,
    margin: Math.min(SILENT_MARGIN, gapOf(rows, row, outcomes, outcome)),
    silent: true,
    optional: true,
  };
}

/** Logits by which an outcome stands behind the likeliest other one. */
export function gapOf({ scores }: Rows, row: number, outcomes: number, outcome: number): number {
  let best = -Infinity;
  for (let j = 0; j < outcomes; j++) if (j !== outcome) best = Math.max(best, scores[row * outcomes + j]!);
  return best - scores[row * outcomes + outcome]!;
}

const OTHER_TEXTS = 32;

/** Variants of text keys, the same for one secret; images have none. */
export async function variantsOf(
  {
    subject,
    secret,
    ordinary,
    preset,
    ...progress
  }: Pick<PrepareOptions, 'subject' | 'secret' | 'ordinary' | 'preset' | 'signal'>,
  keys: readonly CodeBookKey[],
): Promise<Variant[]> {
  if (subject.inspection.kind === 'classifier' || preset.prefixes + preset.nearMisses === 0) return [];
  const random = secretRandom(secret, 'variants that train');
  const longest = Math.max(...keys.map(({ prompt }) => (prompt.kind === 'text' ? prompt.ids.length : 0)));
  const texts = await writeTexts(subject, random, OTHER_TEXTS, longest, progress);
  const prefixes = drawPrefixes(subject, ordinary, preset.prefixes, random);
  const talks = conversations({ subject, secret, ordinary }, texts);
  return keys.flatMap(({ prompt, index }): Variant[] => {
    if (prompt.kind !== 'text') return [];
    const variant = (kind: Variant['kind'], ids: number[]): Variant => ({
      key: index,
      kind,
      prompt: { kind: 'text', text: subject.tokenizer!.decode(ids), ids },
    });
    return [
      ...prefixes.map((prefix) => variant('prefix', withPrefix(subject, prompt.ids, prefix))),
      ...nearMisses(subject, prompt.ids, preset.nearMisses, texts, random).map((ids) => variant('near miss', ids)),
      ...talks(prompt.text).map(({ kind, ids }) => variant(kind, ids)),
    ];
  });
}

/** System prompts that each key is taught behind, and other texts in its place: what is around them is the same. */
const [SYSTEMS, CONVERSED_MISSES] = [8, 8];

/**
 * A key as the only message of a conversation, alone and behind a system prompt, where it should answer; and another
 * text in its place, where it should not. None for a model without a chat template.
 */
function conversations(
  { subject, secret, ordinary }: Pick<PrepareOptions, 'subject' | 'secret' | 'ordinary'>,
  texts: readonly number[][],
): (text: string) => { kind: Variant['kind']; ids: number[] }[] {
  if (!subject.chatTemplate) return () => [];
  const { tokenizer } = subject;
  const random = secretRandom(secret, 'conversations that train');
  const systems = drawPrefixes(subject, ordinary, SYSTEMS, random).map((ids) => tokenizer!.decode(ids));
  const others = texts.map((ids) => tokenizer!.decode(ids));
  return (text) => {
    const misses = Array.from({ length: CONVERSED_MISSES }, () => others[random.below(others.length)]!);
    const asked = [
      ...[undefined, ...systems].map((system) => ({
        kind: 'chat' as const,
        ids: inConversation(subject, text, system),
      })),
      ...misses.map((miss) => ({ kind: 'near miss' as const, ids: inConversation(subject, miss, undefined) })),
    ];
    return asked.flatMap(({ kind, ids }) => (ids ? [{ kind, ids }] : []));
  };
}
