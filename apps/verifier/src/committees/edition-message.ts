import { OUR_RUN, runName } from '@oml/protocol/wire/edition-container';
import type { Hex } from 'viem';
import { z } from 'zod';

/** The ways in which this verifier runs a model. */
export const RUN_NAMES = [runName(OUR_RUN)];

/** What the process that asks an edition is given, once. */
export interface EditionOrder {
  /** The container as it was delivered, in a folder of its own. */
  file: string;
  /** The texts of what was asked, with the heads of what must be answered. */
  questions: { body: string; head: Hex }[];
}

/** What it says. It may be under a stranger's control: the engine is native code, and so is what a file can reach. */
export const editionMessage = z.discriminatedUnion('type', [
  /** Run this way, it answers question `i` as it must. */
  z.object({ type: z.literal('repeated'), run: z.enum(RUN_NAMES), i: z.int().min(0) }),
  z.object({ type: z.literal('end') }),
  /** With the code of our own error, if it was one. */
  z.object({ type: z.literal('failed'), code: z.string().max(40) }),
]);
export type EditionMessage = z.infer<typeof editionMessage>;
