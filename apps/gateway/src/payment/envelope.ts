import type { PaymentPayload } from '@x402/core/types';
import { uint } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

/** Why a header is not a payment. */
export type Unreadable = 'too-long' | 'not-base64' | 'not-json' | 'version' | 'incomplete' | 'odd-amount';

/** `at` names the member that is wrong, where it is one. */
export interface NotRead {
  no: Unreadable;
  at?: string;
}

/** Node reads 16 KiB of headers, all together; no payment needs as much. */
const MOST_CHARACTERS = 12_000;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const VERSION = 2;

/** x402's envelope; what it wraps is read by its scheme. */
const envelopeSchema = z.looseObject({
  x402Version: z.literal(VERSION),
  accepted: z.looseObject({
    scheme: z.string(),
    network: z.string(),
    asset: z.string(),
    payTo: z.string(),
    amount: uint,
  }),
  payload: z.looseObject({}),
});

/** Reads the envelope of a PAYMENT-SIGNATURE, whatever its scheme, or says why it is not one of x402 v2. */
export function readEnvelope(header: string): { payload: PaymentPayload } | NotRead {
  if (header.length > MOST_CHARACTERS) return { no: 'too-long' };
  if (!BASE64.test(header)) return { no: 'not-base64' };
  const read = readObject(Buffer.from(header, 'base64'));
  if (!read) return { no: 'not-json' };
  if (read['x402Version'] !== VERSION && read['x402Version'] !== undefined) return { no: 'version' };
  const { success, error } = envelopeSchema.safeParse(read);
  return success ? { payload: read as unknown as PaymentPayload } : notRead(error);
}

/** A JSON object; undefined where the bytes are no UTF-8, no JSON, or other JSON than an object. */
function readObject(bytes: Uint8Array): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return typeof value === 'object' && !Array.isArray(value) && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Members that are integers in decimal text. */
const AMOUNTS = ['amount', 'value', 'validAfter', 'validBefore', 'maxClaimableAmount'];

/** What of a payment cannot be read: an odd amount, where that is what is wrong. */
export function notRead({ issues }: z.ZodError, within = ''): NotRead {
  const odd = issues.find(({ path }) => AMOUNTS.includes(String(path.at(-1))));
  const at = [...(within ? [within] : []), ...(odd ?? issues[0])!.path].map(String).join('.');
  return { no: odd ? 'odd-amount' : 'incomplete', at };
}
