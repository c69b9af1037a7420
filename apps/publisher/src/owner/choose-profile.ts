import { FAST_WARNING, profileInWords, usualProfile, type Profile } from '@oml/fingerprint/harden/profile';
import { openSource } from '@oml/fingerprint/release/model-source';
import { nodeEngine } from '@oml/onnx/runner-node';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
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
  const source = {
    kind,
    model: model.bytes,
    ...(tokenizer ? { tokenizer: tokenizer.bytes } : {}),
    ...(tokenizerConfig ? { tokenizerConfig: tokenizerConfig.bytes } : {}),
  };
  const subject = openSource(source, nodeEngine());
  const profile = stated ?? (await usualProfile(subject));
  const { parameters } = subject.inspection;
  return {
    profile,
    words: [profileInWords(profile, parameters, keys), ...(profile === 'fast' ? [FAST_WARNING] : [])],
  };
}
