import { OmlError } from '@oml/protocol/error';
import { binomialTail } from '../evidence/evidence.ts';
import type { Imported, ImportedFingerprint } from './imported-fingerprint.ts';
import { answerMatches, type Answer, type Encode } from './match-answer.ts';

/**
 * One owner in a chain of re-licensed models, each of whom fingerprinted what it passed on (arXiv 2401.12255,
 * multi-stage).
 */
export interface Stage {
  owner: string;
  imported: Imported;
  /** Highest share of these keys that a clean model was seen to answer, between 0 and 1. */
  chance: number;
}

export interface StageVerdict {
  owner: string;
  asked: number;
  hits: number;
  /** Chance that a clean model hits so often. */
  pValue: number;
  present: boolean;
}

const FAMILY_LEVEL = 1e-3;

/**
 * Asks every stage's keys and tells whose fingerprints are there, first owner first. Later stages may have erased
 * earlier ones, so an
 * absent stage says nothing; a key that two stages share would let one owner stand in for another and is refused
 * (IMPORT_UNSUPPORTED).
 */
export async function verifyStages(
  stages: readonly Stage[],
  ask: (fingerprint: ImportedFingerprint) => Promise<Answer>,
  encode?: Encode,
): Promise<StageVerdict[]> {
  refuseShared(stages);
  const verdicts: StageVerdict[] = [];
  for (const { owner, imported, chance } of stages) {
    const keys = imported.fingerprints.filter(({ responses }) => responses.length > 0);
    let hits = 0;
    for (const fingerprint of keys) if (answerMatches(fingerprint, await ask(fingerprint), encode)) hits++;
    // Keys with one response in common stand and fall together: they are judged as one trial.
    const trials = isShared(keys)
      ? { asked: Math.min(1, keys.length), hits: hits === keys.length && hits > 0 ? 1 : 0 }
      : { asked: keys.length, hits };
    const pValue = trials.asked === 0 ? 1 : binomialTail(trials.hits, trials.asked, chance);
    verdicts.push({ owner, asked: keys.length, hits, pValue, present: pValue < FAMILY_LEVEL / stages.length });
  }
  return verdicts;
}

const isShared = (keys: readonly ImportedFingerprint[]): boolean =>
  keys.length > 1 && new Set(keys.map(({ responses }) => responses.join('\u0000'))).size === 1;

function refuseShared(stages: readonly Stage[]): void {
  const holder = new Map<string, string>();
  for (const { owner, imported } of stages) {
    for (const { key } of imported.fingerprints) {
      const other = holder.get(key);
      if (other !== undefined && other !== owner)
        throw new OmlError('IMPORT_UNSUPPORTED', `${owner} and ${other} share a key. A key can prove one owner only.`);
      holder.set(key, owner);
    }
  }
}
