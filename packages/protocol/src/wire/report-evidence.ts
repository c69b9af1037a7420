import { keccak256, stringToBytes, type Hex } from 'viem';
import { z } from 'zod';
import { fromBase64, toBase64 } from './base64.ts';
import { address } from './scalars.ts';

/** A reporter's or an accused's document, at the URI of its evidence. What it says is checked, never obeyed. */
export const reportEvidenceSchema = z.object({
  /** The name under which the endpoint serves the model; the first that it lists unless said. */
  model: z.string().min(1).max(200).optional(),
  /** Domains that say whom a name belongs to. */
  domains: z.array(z.string().min(3).max(253)).max(4).default([]),
  /** For people. */
  note: z.string().max(2_000).optional(),
});

/** What a domain says at `DOMAIN_NAMES_PATH`: whom it names for a name of ours. */
export const domainNamesSchema = z.object({ names: z.record(z.string(), address) });
export const DOMAIN_NAMES_PATH = '/.well-known/oml-names';

const INLINE = 'data:application/json;base64,';
/** What stands on chain stays small. */
export const MAX_INLINE = 4_096;

/** A document that carries itself: its URI, and the hash of its bytes. */
export function inlineEvidence(document: unknown): { evidenceUri: string; evidenceHash: Hex } {
  const bytes = stringToBytes(JSON.stringify(document));
  return { evidenceUri: `${INLINE}${toBase64(bytes)}`, evidenceHash: keccak256(bytes) };
}

/** The text that a URI carries; undefined where it leads elsewhere. */
export function readInline(uri: string): string | undefined {
  if (!uri.startsWith(INLINE) || uri.length > MAX_INLINE) return undefined;
  try {
    return new TextDecoder().decode(fromBase64(uri.slice(INLINE.length)));
  } catch {
    return undefined;
  }
}

/** Reads a document whose bytes have this hash; undefined where it is another, or none of this schema. */
export function readEvidence<Schema extends z.ZodType>(
  text: string,
  evidenceHash: Hex,
  schema: Schema,
): z.output<Schema> | undefined {
  if (keccak256(stringToBytes(text)) !== evidenceHash) return undefined;
  try {
    return schema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
