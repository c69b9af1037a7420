import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import type { z } from 'zod';
import type { Found, ImportedFingerprint, ImportWarning } from './imported-fingerprint.ts';
import { chainHashFacts, chainHashPair } from './shapes.ts';

type Facts = z.infer<typeof chainHashFacts>;

/**
 * Chain & Hash (arXiv 2407.10887): the answer to each question is picked by a hash over all questions and all answers,
 * so nobody can choose it.
 * That holds only where the chain checks out, which is checked here whenever the metadata tells it.
 */
export function readChainHash(rows: readonly unknown[], metadata: readonly unknown[]): Found | undefined {
  if (!rows.every((row) => chainHashPair.safeParse(row).success)) return undefined;
  const pairs = rows.map((row) => chainHashPair.parse(row));
  const facts = new Map(
    metadata.flatMap((entry) => {
      const parsed = chainHashFacts.safeParse(entry);
      return parsed.success ? [[String(parsed.data.id), parsed.data] as const] : [];
    }),
  );
  const broken = pairs.filter((pair) => !isChained(pair, facts.get(String(pair.id))));
  const fingerprints = pairs.map(({ id, query, expected_response, negative_queries }): ImportedFingerprint => ({
    scheme: 'chain-hash',
    id: String(id),
    key: query,
    responses: [expected_response],
    match: { kind: 'prefix', trim: true },
    wrapping: 'both',
    ...(negative_queries ? { negatives: negative_queries } : {}),
  }));
  const warnings: ImportWarning[] =
    broken.length === 0
      ? []
      : [
          {
            code: 'CHAIN_MISMATCH',
            message: `${broken.length} of ${pairs.length} answers do not follow from the hash chain, or its questions are not told: they may have been chosen.`,
            ids: broken.map(({ id }) => String(id)),
          },
        ];
  return { format: 'chain-hash', fingerprints, warnings };
}

function isChained(pair: z.infer<typeof chainHashPair>, facts: Facts | undefined): boolean {
  if (!facts || !facts.questions.includes(pair.query) || facts.response_units.length === 0) return false;
  const answers = chainIndices(pair.query, facts.questions, facts.response_units).map(
    (index) => facts.response_units[index],
  );
  return answers.includes(pair.expected_response);
}

/**
 * Last byte of SHA-256 over the compact JSON [question, questions, responses]; with and without ASCII escapes, since
 * writers differ.
 */
export function chainIndices(question: string, questions: readonly string[], responses: readonly string[]): number[] {
  const json = JSON.stringify([question, questions, responses]);
  const escaped = json.replace(/[\u007f-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [json, escaped].map((text) => sha256(utf8ToBytes(text)).at(-1)! % responses.length);
}
