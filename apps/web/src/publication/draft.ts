import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { PublishTerms } from './publish-terms.ts';

const nameOf = (kind: ModelKind): string => `oml.publish.${kind}`;
const MOST_CHARS = 20_000;

type Place = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/**
 * The form as it was left, over where it starts; what does not read is as if it were not there. Files are not kept, and
 * neither is whether a demo is given away: that is said anew each time.
 */
export function keptDraft(place: Place, kind: ModelKind, start: PublishTerms): PublishTerms {
  try {
    const kept = JSON.parse(place.getItem(nameOf(kind)) ?? '{}') as Record<string, unknown>;
    const texts = Object.entries(start).map(([field, initial]) => {
      const value = kept[field];
      return [field, typeof initial === 'string' && typeof value === 'string' ? value : initial];
    });
    return Object.fromEntries(texts) as unknown as PublishTerms;
  } catch {
    return start;
  }
}

/** Keeps the form in this browser; a full or forbidden storage keeps nothing. */
export function keepDraft(place: Place, kind: ModelKind, terms: PublishTerms): void {
  const text = JSON.stringify(terms);
  try {
    if (text.length <= MOST_CHARS) place.setItem(nameOf(kind), text);
  } catch {
    return;
  }
}

/** Once it is published, it is no draft any more. */
export const forgetDraft = (place: Place, kind: ModelKind): void => place.removeItem(nameOf(kind));
