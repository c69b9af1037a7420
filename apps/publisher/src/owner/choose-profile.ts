import { FAST_WARNING, profileInWords, usualProfile, type Profile } from '@oml/fingerprint/harden/profile';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import { openSource } from '../workshop/model-source.ts';
import type { ModelFolder } from './model-folder.ts';

export interface Chosen {
  profile: Profile;
  /** What is to be said before anything is uploaded: how long it takes, and what it is not for. */
  words: string[];
}

/**
 * The profile of an order, the one that its owner stated or the usual one of the model, which is opened here: it stands
 * in the order, so that the same order makes the same release ever after. Throws what opening the model throws.
 */
export async function chooseProfile(
  kind: ModelKind,
  files: ModelFolder,
  keys: number,
  stated?: Profile,
): Promise<Chosen> {
  const { model, tokenizer, tokenizerConfig } = files;
  const subject = openSource({
    kind,
    model: model.bytes,
    ...(tokenizer ? { tokenizer: tokenizer.bytes } : {}),
    ...(tokenizerConfig ? { tokenizerConfig: tokenizerConfig.bytes } : {}),
  });
  const profile = stated ?? (await usualProfile(subject));
  const { parameters } = subject.inspection;
  return {
    profile,
    words: [profileInWords(profile, parameters, keys), ...(profile === 'fast' ? [FAST_WARNING] : [])],
  };
}
