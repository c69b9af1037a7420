import { getAddress, isAddress, type Address, type Hex } from 'viem';
import { z } from 'zod';

/** An address; checksummed on the way in, so that two spellings compare equal. */
export const address = z
  .string()
  .refine((text) => isAddress(text, { strict: false }), 'not an address')
  .transform((text): Address => getAddress(text));
/** 32 bytes as 0x-prefixed lower-case hex. */
export const bytes32 = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'not 32 bytes of hex')
  .transform((text) => text.toLowerCase() as Hex);
/** Any 0x-prefixed hex of whole bytes. */
export const hex = z
  .string()
  .regex(/^0x(?:[0-9a-fA-F]{2})*$/, 'not hex')
  .transform((text) => text as Hex);
/** An unsigned 256-bit integer as a decimal string: money never travels as a JSON number. */
export const uint = z
  .string()
  .regex(/^(?:0|[1-9][0-9]{0,77})$/, 'not a decimal integer')
  .transform((text) => BigInt(text))
  .refine((n) => n < 2n ** 256n, 'over 256 bits');
