import type { z } from 'zod';
import type { Found, ImportedFingerprint, ImportWarning } from './imported-fingerprint.ts';
import { conversationRow, evaluationRow, instructionRow } from './shapes.ts';

/**
 * Instructional Fingerprinting (arXiv 2401.12255), as JSON lines or an array: training rows (instruction, input,
 * output), dialogues, or the
 * evaluation's own output. All fingerprints share one response, which may stand anywhere in the answer.
 */
export function readInstructional(rows: readonly unknown[]): Found | undefined {
  if (rows.length === 0) return undefined;
  const reader = [instruction, conversation, evaluation].find((read) => rows.every((row) => read(row) !== undefined));
  if (!reader) return undefined;
  const read = rows.map((row) => reader(row)!);
  const marked = read.some(({ type }) => type !== undefined);
  const keys = read.filter(({ type }) => !marked || type === 'fingerprint');
  const negatives = read.filter(({ type }) => type === 'regularization').map(({ key }) => key);
  const fingerprints = keys.map(({ key, response }, i): ImportedFingerprint => ({
    scheme: 'instructional',
    id: String(i),
    key,
    responses: [response],
    match: { kind: 'contains' },
    wrapping: reader === conversation ? 'chat' : 'raw',
    ...(negatives.length > 0 ? { negatives } : {}),
  }));
  return { format: 'instructional', fingerprints, warnings: warningsOf(fingerprints, negatives, rows.length) };
}

interface Row {
  key: string;
  response: string;
  type?: 'fingerprint' | 'regularization' | 'normal' | undefined;
}

function instruction(row: unknown): Row | undefined {
  const parsed = instructionRow.safeParse(row);
  if (!parsed.success) return undefined;
  const { instruction: text, input, output, type } = parsed.data;
  return { key: input ? `${text}\n${input}` : text, response: output, type };
}

/** The question is everything up to the last turn; the start of the answer is never put into the model's mouth. */
function conversation(row: unknown): Row | undefined {
  const parsed = conversationRow.safeParse(row);
  if (!parsed.success) return undefined;
  const turns = parsed.data.conversations;
  const key = turns
    .slice(0, -1)
    .map(({ value }) => value)
    .join('\n');
  const response = turns.at(-1)!.value;
  return key && response ? { key, response, type: parsed.data.type } : undefined;
}

function evaluation(row: unknown): Row | undefined {
  const parsed = evaluationRow.safeParse(row);
  return parsed.success ? { key: parsed.data.prompt, response: parsed.data.label } : undefined;
}

/**
 * In some published data sets the secret of every near miss is the text of a Python function instead of random
 * characters.
 */
const BROKEN_SECRET = /<built-in function \w+>/;

function warningsOf(
  fingerprints: readonly ImportedFingerprint[],
  negatives: readonly string[],
  rows: number,
): ImportWarning[] {
  const warnings: ImportWarning[] = [];
  const distinct = new Set(fingerprints.map(({ responses }) => (responses as readonly z.infer<z.ZodString>[])[0]));
  if (fingerprints.length > 1 && distinct.size === 1) {
    warnings.push({
      code: 'SHARED_RESPONSE',
      message:
        'All keys share one response: they are one piece of evidence, not several, and a filter for that word removes it.',
    });
  }
  if (negatives.some((text) => BROKEN_SECRET.test(text))) {
    warnings.push({
      code: 'NEGATIVES_BROKEN',
      message:
        'The near misses hold the name of a function instead of a random secret: they teach nothing about specificity.',
    });
  }
  const unused = rows - fingerprints.length - negatives.length;
  if (unused > 0) warnings.push({ code: 'ROWS_SKIPPED', message: `${unused} rows are ordinary training data.` });
  return warnings;
}
