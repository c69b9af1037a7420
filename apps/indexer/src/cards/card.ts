import type { Card } from '@oml/db/cards';
import { toJson, toText } from '@oml/db/storable';
import { modelKind } from '@oml/protocol/wire/model-kind';
import { uint } from '@oml/protocol/wire/scalars';
import { z } from 'zod';

/** A publisher may send this much, and no JSON nested deeper. */
export const MAX_CARD_BYTES = 256 * 1024;
const MAX_DEPTH = 24;

/** One line without control or direction marks, which could make a page show another name than it searches. */
const line = z.string().transform((text) =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
    .trim(),
);
const schema = z.object({
  modelId: uint,
  name: line.pipe(z.string().min(1).max(120)),
  kind: modelKind,
  card: z.string().transform(toText).default(''),
  report: z.unknown().optional(),
  demo: z.boolean().default(false),
});

/**
 * A publisher's answer for one model, checked, everything that OML does not keep dropped; throws where it is not that
 * model's card.
 */
export function readCard(body: string, modelId: bigint): Card {
  const parsed = schema.parse(JSON.parse(body));
  if (parsed.modelId !== modelId) throw new Error(`it is the card of model ${parsed.modelId}`);
  if (depthOf(parsed.report, MAX_DEPTH) > MAX_DEPTH) throw new Error(`its report is nested deeper than ${MAX_DEPTH}`);
  return {
    name: parsed.name,
    kind: parsed.kind,
    card: parsed.card,
    report: toJson(parsed.report ?? null),
    hasDemo: parsed.demo,
  };
}

/** How deep a value is nested, counted no further than one over `limit`. */
function depthOf(value: unknown, limit: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (limit < 0) return 1;
  return 1 + Object.values(value).reduce<number>((deepest, item) => Math.max(deepest, depthOf(item, limit - 1)), 0);
}
