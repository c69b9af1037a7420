import { shortHex } from '@oml/ui/short-hex';
import type { ListedModel } from './shown-model.ts';

/** The name from the publisher's card; before it was reached, the number. */
export const modelName = ({ name, modelId }: Pick<ListedModel, 'name' | 'modelId'>): string =>
  name ?? `Model ${modelId}`;

/** `acme/tales`, the owner's address shortened where it has no name. */
export const registeredWords = ({ owner, name }: NonNullable<ListedModel['registered']>): string =>
  `${owner.startsWith('0x') ? shortHex(owner) : owner}/${name}`;

export const KIND_WORDS = { language: 'Language model', classifier: 'Image classifier' } as const;

/** Models that are laid side by side. */
export const MOST_COMPARED = 4;

/** Hosts that serve it, and how many of them a verifier found answering today. */
export const hostWords = ({ hostCount, online }: Pick<ListedModel, 'hostCount' | 'online'>): string =>
  online > 0 ? `${hostCount}, ${online} answering` : String(hostCount);

/** What kind of model it is, in words. */
export const kindWords = (kind: ListedModel['kind']): string => (kind ? KIND_WORDS[kind] : 'Kind unknown');

/** The task that the card names, else the kind of model. */
export const taskWords = ({ facts, kind }: Pick<ListedModel, 'facts' | 'kind'>): string =>
  facts.task ?? kindWords(kind);

/** Basis points as a percentage: `1250` is `12.5 %`. */
export const percent = (bps: number): string => `${bps / 100} %`;

/** A chance of 2^-bits as `1 in 2^b`. */
export const oneIn = (bits: number): string => `1 in ${2 ** bits}`;
