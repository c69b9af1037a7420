import { isOmlError } from '@oml/protocol/error';
import { fingerprintProfile, type FingerprintProfile } from '@oml/protocol/wire/fingerprint-profile';
import type { SolveOptions } from '../embed/embed.ts';
import type { Preset } from '../embed/presets.ts';
import type { Subject } from '../subject/subject.ts';
import { openAnswers } from './answer-graph.ts';
import { hardenEmbedding, type HardenOptions } from './harden.ts';
import { hardenedSites } from './site.ts';

/**
 * `fast`: the last layer in closed form; whoever refits that one matrix takes it out, so it is not for hosts that may be
 * hostile. `hardened`: keys chosen from more texts, and spread over all layers. Neither withstands a host that serves
 * its edition against a refit of it (decision 0063). `anchored`: hardened, with lifts that a refit keeps (0069).
 */
export const PROFILES = fingerprintProfile.options;
export type Profile = FingerprintProfile;

const HARDENED_POOL = 20;

/** Parameters up to which hardening the usual number of keys takes minutes, not hours, on two cores. */
const HARDENED_IN_MINUTES = 5_000_000;

/**
 * The profile that a draft takes where nobody says otherwise: hardened for every language model that it can be had for
 * in minutes. Whether it can is asked before the draft: its gradients are opened, so that no operator is met too late.
 * Throws what the engine throws.
 */
export async function usualProfile(subject: Subject): Promise<Profile> {
  const { kind, parameters } = subject.inspection;
  if (kind !== 'language' || parameters > HARDENED_IN_MINUTES) return 'fast';
  try {
    const example = { ids: subject.tokenizer!.encode('a') };
    await (await openAnswers(subject, await hardenedSites(subject, [example]))).dispose();
    return 'hardened';
  } catch (error) {
    if (isOmlError(error) && error.code === 'MODEL_UNSUPPORTED') return 'fast';
    throw error;
  }
}

/**
 * Seconds on two idle cores for 64 keys of a model of 2.6 million parameters: `fast.seconds` and `hardened.seconds` of
 * docs/benchmarks/fingerprint.md; anchored asks for half as many constraints again, in twice as many rounds.
 */
const MEASURED_SECONDS: Record<Profile, number> = { fast: 10, hardened: 45, anchored: 90 };
const MEASURED_ON = { keys: 64, parameters: 2_600_000 };

/** About how many seconds drafting and embedding so many keys takes on two idle cores: for words, not for limits. */
export function expectedSeconds(profile: Profile, parameters: number, keys: number): number {
  const times = (keys / MEASURED_ON.keys) * (parameters / MEASURED_ON.parameters);
  return Math.ceil(MEASURED_SECONDS[profile] * Math.max(0.1, times));
}

/** What a profile is good for, and about how long it takes, for whoever is about to start it. */
export function profileInWords(profile: Profile, parameters: number, keys: number): string {
  const seconds = expectedSeconds(profile, parameters, keys);
  const time = seconds < 100 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  return `profile ${profile}: about ${time} on two idle cores, and more on a busy machine`;
}

/** What is to be said wherever `fast` is taken. */
export const FAST_WARNING =
  'warning: the profile fast is not for hostile hosts: whoever refits one matrix takes most marks out for a few per cent of quality. Draft with --profile hardened where hosts may try; what a host leaves that adapts further, oml file attack --adaptive tells.';

/** What a profile wishes of `draftCodeBook`. */
export function draftWishes(profile: Profile, { inspection }: Subject): Partial<Preset> {
  return profile !== 'fast' && inspection.kind === 'language' ? { poolFactor: HARDENED_POOL } : {};
}

/** What a profile wishes of `solveEmbedding` and `embedFingerprints`. */
export function embedWishes(profile: Profile, options: HardenOptions): Pick<SolveOptions, 'harden' | 'poolFactor'> {
  if (profile === 'fast') return {};
  return {
    ...draftWishes(profile, options.subject),
    harden: (embedding, mergeWeight) =>
      hardenEmbedding(embedding, {
        ...options,
        ...(mergeWeight === undefined ? {} : { mergeWeight }),
        anchored: profile === 'anchored',
      }),
  };
}
