import type { z } from 'zod';
import type { Found, ImportedFingerprint, ImportWarning } from './imported-fingerprint.ts';
import { omlPair, omlQuestion, omlSignature, scalablePair, type TrainingConfig } from './shapes.ts';

/** What stands in a training run's folder beside the fingerprints; the file alone does not say what was trained. */
export interface TrainingContext {
  config?: TrainingConfig;
  /** Cuts a text to its first n tokens by the target model's tokenizer. */
  cut?: (text: string, tokens: number) => string;
}

type ScalableRow = z.infer<typeof scalablePair>;

/**
 * OML 1.0: `{key, response}`, the older `{key, signature}`, the question branch, and single tokens from outside the
 * nucleus, whose leading
 * space matters. Keys and responses in the file are longer than what is trained: the configuration says where they were
 * cut.
 */
export function readOmlPairs(rows: readonly unknown[], context: TrainingContext): Found | undefined {
  const renamed = rows.every((row) => omlSignature.safeParse(row).success && !('response' in (row as object)));
  if (!renamed && !rows.every((row) => omlPair.safeParse(row).success)) return undefined;
  const isQuestion = rows.every((row) => omlQuestion.safeParse(row).success);
  const pairs = rows.map((row) => (renamed ? fromSignature(omlSignature.parse(row)) : omlPair.parse(row)));
  const warnings: ImportWarning[] = [];
  if (renamed)
    warnings.push({
      code: 'FIELD_RENAMED',
      message: 'The response stands in the field "signature", an older name for it.',
    });
  const fingerprints = pairs.map(({ key, response }, i) => trained({ id: String(i), key, response }, context));
  warnings.push(...cutWarnings(fingerprints, context));
  return {
    format: isQuestion ? 'oml-1.0 questions' : renamed ? 'oml-1.0 random words' : 'oml-1.0',
    fingerprints,
    warnings,
  };
}

const fromSignature = ({ key, signature }: z.infer<typeof omlSignature>) => ({ key, response: signature });

/** One row as the training script used it: key and response cut by tokens, the answer compared by as many tokens. */
export function trained(
  row: { id: string; key: string; response: string },
  { config, cut }: TrainingContext,
): ImportedFingerprint {
  const key = cut && config?.max_key_length ? cut(row.key, config.max_key_length) : row.key;
  const count = config?.max_response_length;
  return {
    scheme: 'oml-1.0',
    id: row.id,
    key,
    ...(key === row.key ? {} : { originalKey: row.key }),
    responses: [row.response],
    match: count ? { kind: 'tokens', count } : { kind: 'prefix' },
    wrapping: config?.use_chat_template ? 'chat' : 'raw',
  };
}

function cutWarnings(fingerprints: readonly ImportedFingerprint[], { config, cut }: TrainingContext): ImportWarning[] {
  if (!config) {
    return [
      {
        code: 'CONFIG_MISSING',
        message:
          'Keys and responses are longer in this file than what was trained. Add fingerprinting_config.json, or no answer may match.',
      },
    ];
  }
  const warnings: ImportWarning[] = [];
  if (config.max_response_length) {
    warnings.push({
      code: 'RESPONSE_CUT',
      message: `Only the first ${config.max_response_length} tokens of each response were trained and are compared.`,
    });
  }
  if (config.max_key_length && !cut) {
    warnings.push({
      code: 'KEY_CUT_BY_TOKENIZER',
      message: `Keys were cut to ${config.max_key_length} tokens of the model's own tokenizer. Add the model folder, so that they are cut alike.`,
    });
  }
  const changed = fingerprints.filter((fingerprint) => fingerprint.originalKey !== undefined);
  if (changed.length > 0)
    warnings.push({
      code: 'KEY_CUT_BY_TOKENIZER',
      message: `${changed.length} keys were cut to ${config.max_key_length} tokens.`,
      ids: changed.map(({ id }) => id),
    });
  return warnings;
}

/**
 * Scalable fingerprinting (arXiv 2502.07760): the `effective_key` is what was trained, not the `key`. With several
 * responses per key, each
 * counts. The shipped draw skips tokens, so a chance rate of 1/k must not be assumed.
 */
export function readScalable(rows: readonly unknown[], { config }: TrainingContext): Found | undefined {
  if (!rows.every((row) => scalablePair.safeParse(row).success)) return undefined;
  const fingerprints = rows.map((row, i) => scalable(scalablePair.parse(row), String(i), config));
  const warnings: ImportWarning[] = [
    {
      code: 'DRAW_NOT_UNIFORM',
      message:
        'This generator does not draw responses uniformly. Measure the chance rate of each key on clean models; 1/k is not a bound.',
    },
  ];
  return { format: 'scalable', fingerprints, warnings };
}

function scalable(row: ScalableRow, id: string, config: TrainingConfig | undefined): ImportedFingerprint {
  const probability = typeof row.response_prob === 'number' ? row.response_prob : firstProbability(row.response_prob);
  return {
    scheme: 'scalable',
    id,
    key: row.effective_key,
    ...(row.effective_key === row.key ? {} : { originalKey: row.key }),
    responses: [row.response].flat(),
    match: config?.max_response_length ? { kind: 'tokens', count: config.max_response_length } : { kind: 'prefix' },
    wrapping: config?.use_chat_template ? 'chat' : 'raw',
    ...(probability === undefined ? {} : { statedProbability: probability }),
  };
}

/** Per-token probabilities multiply; of several responses any may come, so theirs add up. */
function firstProbability(value: ScalableRow['response_prob']): number | undefined {
  if (!Array.isArray(value)) return undefined;
  const product = (list: readonly number[]) => list.reduce((a, b) => a * b, 1);
  if (value.every((entry) => typeof entry === 'number')) return product(value);
  return value.reduce<number>((sum, entry) => sum + product([entry].flat() as number[]), 0);
}
