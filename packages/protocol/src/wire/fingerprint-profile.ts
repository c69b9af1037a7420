import { z } from 'zod';

/** How a code book's answers are put into a model: what each costs and withstands, `fingerprint/harden/profile` says. */
export const fingerprintProfile = z.enum(['fast', 'hardened', 'anchored']);
export type FingerprintProfile = z.output<typeof fingerprintProfile>;
