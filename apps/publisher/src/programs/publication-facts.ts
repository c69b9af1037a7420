import { publishRequestSchema } from '@oml/protocol/wire/publish-request';
import type { Hex } from 'viem';
import type { CommittedCodeBook } from '../chain/registration.ts';
import type { ChanceReport, EmbedReport, InspectReport } from '../workshop/workshop-jobs.ts';
import { z } from 'zod';

/**
 * What a publication works on: the order of a model as its owner signed it, or, with `release`, that of a later release
 * with everything filled in that it leaves as it was.
 */
export const publicationOrderSchema = publishRequestSchema.extend({
  release: z
    .strictObject({ modelId: z.string(), after: z.number().int().min(1), graceSeconds: z.number().int().min(1) })
    .optional(),
});
export type PublicationOrder = z.input<typeof publicationOrderSchema>;

/** What the finished steps of a publication found out, step by step; secrets are never among it. */
interface Inspected {
  /** Which draft: a void round voids a commitment, and the next draft needs other salts. */
  attempt: number;
  inspection: InspectReport;
}
interface Drafted extends Inspected {
  codeBook: CommittedCodeBook;
}
interface Measured extends Drafted {
  chance: ChanceReport;
  controlPanelDigest: Hex;
}
interface Committed extends Measured {
  /** Terms that the model offers, by kind; 0: none. */
  offers: readonly [serve: number, own: number, derive: number];
  commitId: Hex;
  /** Of the beacon: its value selects the answers. */
  round: bigint;
}
interface Drawn extends Committed {
  beacon: Hex;
}
interface Embedded extends Drawn {
  weightsDigest: Hex;
  report: EmbedReport;
}

/** Each step of a publication with the facts that it works on. */
export interface PublicationSteps {
  inspect: object;
  draft: Inspected;
  chance: Drafted;
  commit: Measured;
  beacon: Committed;
  embed: Drawn;
  verify: Embedded;
  mint: Embedded;
}

/** All that is known in the end. */
export type PublicationFacts = PublicationSteps['mint'];

/** A release of a model that a publication here ended in. */
export interface MintedModel {
  modelId: string;
  /** Its number, from 1. */
  release: number;
  /** Its publication. */
  id: string;
  request: PublicationOrder;
  attempt: number;
  facts: PublicationFacts;
}
