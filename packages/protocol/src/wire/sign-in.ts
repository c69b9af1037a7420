import { z } from 'zod';
import { address, hex } from './scalars.ts';

/** Who wants to sign in to a site. */
export const challengeAskedSchema = z.strictObject({ account: address });

/** The EIP-4361 message that a site gave out, signed; signatures of contract accounts may be long. */
export const challengeAnswerSchema = z.strictObject({ message: z.string().max(2_000), signature: hex });
