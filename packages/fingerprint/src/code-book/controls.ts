import { headMatches } from '@oml/protocol/evidence/head';
import type { Hex } from 'viem';
import type { CodeBookKey, ControlResult } from './code-book.ts';
import type { Prompt } from '../subject/prompt.ts';
import type { Subject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';

/** A clean model that never saw the fingerprints: answers prompts greedily. */
export interface Control {
  name: string;
  heads(prompts: readonly Prompt[]): Promise<Hex[]>;
}

/** A control model run by an engine; text is read with the control's own tokenizer. */
export function controlOf(name: string, subject: Subject): Control {
  return {
    name,
    async heads(prompts) {
      const view = await openView(subject);
      try {
        return await view.heads(
          prompts.map((prompt) =>
            prompt.kind === 'text' ? { ...prompt, ids: subject.tokenizer!.encode(prompt.text) } : prompt,
          ),
        );
      } finally {
        await view.dispose();
      }
    },
  };
}

/**
 * Chance rate of each control: an answer among the candidates is the selected one once in 2^bits, since the beacon
 * comes later.
 */
export async function measureControls(
  controls: readonly Control[],
  keys: readonly CodeBookKey[],
  bits: number,
): Promise<ControlResult[]> {
  const results: ControlResult[] = [];
  for (const control of controls) {
    const heads = await control.heads(keys.map((key) => key.prompt));
    const among = heads.filter((head, i) =>
      keys[i]!.candidates.some((candidate) => headMatches(head, candidate)),
    ).length;
    results.push({ name: control.name, chance: among / keys.length / 2 ** bits });
  }
  return results;
}
