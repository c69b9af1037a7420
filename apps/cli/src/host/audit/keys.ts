import { verifyTarget } from '@oml/fingerprint/evidence/verify-target';
import { promptToJson, type Prompt } from '@oml/fingerprint/subject/prompt';
import { headOf } from '@oml/protocol/evidence/head';
import { livingKeys } from '../../suspect/living-keys.ts';
import { spend } from '../../workspace.ts';
import type { Auditee } from './auditee.ts';
import type { Finding } from './findings.ts';
import type { Bought } from './purchases.ts';

/** Enough for a head. */
const TOKENS = 16;

/** Asks common keys of an owner's release among what is bought, until the evidence suffices; those are spent then. */
export async function askKeys(
  folder: string,
  most: number,
  { codeBooks, modelId }: Auditee,
  buy: (body: Record<string, unknown>) => Promise<Bought>,
  signal: AbortSignal,
): Promise<Finding> {
  const { release, keys: living } = await livingKeys(folder);
  const keys = living.slice(0, most);
  const idOf = new Map(keys.map(({ id, prompt }) => [prompt, id]));
  const seen: string[] = [];
  const ask = async (prompt: Prompt) => {
    seen.push(idOf.get(prompt)!);
    const { completion } = await buy(bodyOf(prompt));
    return completion === undefined ? undefined : headOf(completion);
  };
  try {
    const { verdict, hits, answered, rung } = await verifyTarget({ ask, keys, tests: 1, until: 'claim', signal });
    const isOwn = codeBooks.includes(release.root);
    const found = `${hits} of ${answered} answers hit keys of the release`;
    if (verdict !== 'match')
      return { check: 'model', holds: null, says: `${found}: this proves neither presence nor absence` };
    const says = isOwn
      ? `${found} (${rung}): it answers with what it is licensed for`
      : `${found} (${rung}), which is none that model ${modelId} has under this license`;
    return { check: 'model', holds: isOwn, says };
  } finally {
    await spend(folder, seen);
  }
}

function bodyOf(prompt: Prompt): Record<string, unknown> {
  if (prompt.kind === 'text') return { prompt: prompt.text, temperature: 0, max_tokens: TOKENS };
  const { kind: _, ...tensor } = promptToJson(prompt) as { kind: 'tensor'; shape: number[]; data: string };
  return { dtype: 'float32', ...tensor };
}
