import type { ListedModel } from './shown-model.ts';

/** The name from the publisher's card; before it was reached, the number. */
export const modelName = ({ name, modelId }: Pick<ListedModel, 'name' | 'modelId'>): string =>
  name ?? `Model ${modelId}`;

export const KIND_WORDS = { language: 'Language model', classifier: 'Image classifier' } as const;

/** What kind of model it is, in words. */
export const kindWords = (kind: ListedModel['kind']): string => (kind ? KIND_WORDS[kind] : 'Kind unknown');

/** The task that the card names, else the kind of model. */
export const taskWords = ({ facts, kind }: Pick<ListedModel, 'facts' | 'kind'>): string =>
  facts.task ?? kindWords(kind);

/** Basis points as a percentage: `1250` is `12.5 %`. */
export const percent = (bps: number): string => `${bps / 100} %`;

/** A chance of 2^-bits as `1 in 2^b`. */
export const oneIn = (bits: number): string => `1 in ${2 ** bits}`;
