import { isOmlError } from '@oml/protocol/error';
import { bytesSource, modelFiles, type ModelFiles } from '../file/byte-source.ts';
import { fileDigest, weightsDigest } from '../file/digest.ts';
import { openWhole } from '../file/open-whole.ts';
import { openStored, type StoredModel } from '../file/stored-model.ts';
import { needsReadying, readied } from '../rewrite/ready.ts';
import type { Engine } from '../run/runner.ts';
import { modelFacts, type ModelFacts } from './facts.ts';
import { describeSite } from './inspect.ts';
import type { Inspection } from './inspection.ts';
import { proveSite, type SiteProof } from './prove-site.ts';

export type Finding =
  /** Found, and shown on the running model. */
  | 'proven'
  /** Found, but not run: no engine was given or could be loaded, or the model is too large for this. */
  | 'unproven'
  /** Found, but its weights cannot be edited where they lie. */
  | 'readOnly'
  /** Not found, or shown to be wrong. */
  | 'refused';

export interface Examination {
  facts: ModelFacts;
  /** As on chain: `weightsDigest`. */
  digest: `0x${string}`;
  /** SHA-256 of the model file alone, as it is. */
  fileDigest: `0x${string}`;
  finding: Finding;
  /** Why the finding is not `proven`. */
  reason?: string;
  inspection?: Inspection;
  proof?: SiteProof;
}

export interface ExamineOptions {
  /** Runs the proof; without it the finding is `unproven` at best. */
  engine?: Engine;
  /**
   * Larger models are not run for the proof, which reads all weights five times. Default: any size, large ones block by
   * block.
   */
  maxProofBytes?: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: { stage: 'graph' | 'digest' | 'proof'; share: number }) => void) | undefined;
}

/**
 * All there is to know of a model before it is marked; the same in Node and in a browser. Throws the codes of
 * `openStored`, and ABORTED; a model that cannot be marked is a finding.
 */
export async function examineModel(
  files: ModelFiles,
  { engine, maxProofBytes = Infinity, signal, onProgress }: ExamineOptions = {},
): Promise<Examination> {
  onProgress?.({ stage: 'graph', share: 0 });
  const model = await openStored(files);
  const ready = needsReadying(model) ? await openReadied(files) : model;
  onProgress?.({ stage: 'graph', share: 1 });
  const digesting = (from: number) => ({
    signal,
    onProgress: (share: number) => onProgress?.({ stage: 'digest', share: from + share / 2 }),
  });
  const known = {
    facts: modelFacts(model),
    digest: await weightsDigest(model, digesting(0)),
    fileDigest: await fileDigest(files.model, digesting(0.5)),
  };
  const found = attempt(() => describeSite(ready));
  if ('reason' in found) return { ...known, finding: 'refused', reason: found.reason };
  const inspection = found.value;
  if (inspection.readOnly !== undefined)
    return { ...known, inspection, finding: 'readOnly', reason: inspection.readOnly };
  if (!engine) return { ...known, inspection, finding: 'unproven', reason: 'no engine was given to run it' };
  if (known.facts.bytes > maxProofBytes)
    return {
      ...known,
      inspection,
      finding: 'unproven',
      reason: `its ${known.facts.bytes} bytes are more than are run to try it`,
    };
  onProgress?.({ stage: 'proof', share: 0 });
  const proven = await prove(ready, inspection, engine);
  onProgress?.({ stage: 'proof', share: 1 });
  return { ...known, inspection, ...proven };
}

/** In memory, whatever its size: models whose weights are constants of their graph are. */
const openReadied = async (files: ModelFiles): Promise<StoredModel> =>
  openStored(modelFiles(bytesSource(readied(await openWhole(files)).bytes)));

async function prove(
  model: StoredModel,
  inspection: Inspection,
  engine: Engine,
): Promise<Pick<Examination, 'finding' | 'reason' | 'proof'>> {
  try {
    return { finding: 'proven', proof: await proveSite(model, inspection, engine) };
  } catch (error) {
    if (!isOmlError(error)) throw error;
    return { finding: error.code === 'UNAVAILABLE' ? 'unproven' : 'refused', reason: reasonOf(error) };
  }
}

function attempt<T>(action: () => T): { value: T } | { reason: string } {
  try {
    return { value: action() };
  } catch (error) {
    if (isOmlError(error) && error.code === 'MODEL_UNSUPPORTED') return { reason: reasonOf(error) };
    throw error;
  }
}

const reasonOf = (error: { message: string; details?: Record<string, unknown> }): string =>
  String(error.details?.['reason'] ?? error.message);
