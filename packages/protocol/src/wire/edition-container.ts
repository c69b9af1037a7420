import { z } from 'zod';
import { OmlError } from '../error.ts';

const fileName = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,80}$/, 'not a plain file name');

/** An edition, unsealed and unzipped: its files by plain names, as base64. Its weights are `model.onnx`. */
export const editionContainerSchema = z.object({ files: z.record(fileName, z.base64()) });
export type EditionContainer = z.output<typeof editionContainerSchema>;

/** What an edition is sealed for (HPKE's info, RFC 9180): one license, so that nobody passes it off as another's. */
export const editionSealInfo = (licenseId: bigint): string => `oml/edition/${licenseId}`;

/** A way to run a model. Others may give other answers. */
const modelRun = z.object({ engine: z.string().min(1).max(40), quantisation: z.string().min(1).max(40) });
export type ModelRun = z.output<typeof modelRun>;

/** What our agents run: float32 on onnxruntime's CPU provider. */
export const OUR_RUN: ModelRun = { engine: 'onnxruntime', quantisation: 'none' };

/**
 * The file of an edition in which its release lists how it may be run. It stands in the container, whose digest is on
 * chain, so that nobody lists anything else once a host has taken the edition.
 */
export const RUNS_FILE = 'runs.json';

/** How an edition may be run, by its {@link RUNS_FILE}; {@link OUR_RUN} where it has none. Throws EDITION_INVALID. */
export function listedRuns(file: Uint8Array | undefined): ModelRun[] {
  if (file === undefined) return [OUR_RUN];
  try {
    return z
      .array(modelRun)
      .min(1)
      .max(16)
      .parse(JSON.parse(new TextDecoder().decode(file)));
  } catch (cause) {
    throw new OmlError('EDITION_INVALID', `The ${RUNS_FILE} of the edition lists no way to run it.`, { cause });
  }
}

export const runName = ({ engine, quantisation }: ModelRun): string => `${engine}/${quantisation}`;
