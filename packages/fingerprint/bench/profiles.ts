import type { SolveOptions } from '../src/embed/embed.ts';
import { hardenEmbedding } from '../src/harden/harden.ts';
import type { Ordinary, Subject } from '../src/subject/subject.ts';

/** `fast`: closed form alone. `hardened`: spread over all layers afterwards. */
export const PROFILES = ['fast', 'hardened'] as const;
export type Profile = (typeof PROFILES)[number];

/** What a profile does after the closed form; nothing for `fast`. */
export function hardenOf(profile: Profile, options: { subject: Subject; ordinary: Ordinary; secret: Uint8Array }): SolveOptions['harden'] {
  return profile === 'fast' ? undefined : (embedding) => hardenEmbedding(embedding, options);
}
