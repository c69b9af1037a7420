import { blobSource, bytesSource, modelFiles, type ModelFiles } from '@oml/onnx/file/byte-source';
import { openWhole } from '@oml/onnx/file/open-whole';
import { examineModel, type Examination } from '@oml/onnx/inspect/examine';
import { webEngine } from '@oml/onnx/runner-web';
import { isOmlError } from '@oml/protocol/error';
import { besideFiles } from './beside-files.ts';

export interface InspectRequest {
  model: File;
  /** Files that the model's weights lie in, each known by its name. */
  external: readonly File[];
  /** Makes one file of the model and what is beside it, and examines that. */
  join?: boolean;
  wasmPaths: string;
}

export interface InspectProgress {
  stage: 'graph' | 'digest' | 'proof';
  /** Of the stage, 0 to 1. */
  share: number;
}

export type InspectAnswer =
  | { progress: InspectProgress }
  /** `whole`: the one file, where it was asked for. */
  | { examination: Examination; ms: number; whole?: Uint8Array<ArrayBuffer> }
  | { error: { code: string; message: string } };

/** The proof holds several copies of the model. */
const MAX_PROOF_BYTES = 2 ** 28;

const answer = (message: InspectAnswer): void => self.postMessage(message);

self.onmessage = async ({ data: { model, external, join, wasmPaths } }: MessageEvent<InspectRequest>) => {
  try {
    const started = performance.now();
    const given: ModelFiles = { model: blobSource(model), external: besideFiles(external) };
    const whole = join ? new Uint8Array((await openWhole(given)).bytes) : undefined;
    const files = whole ? modelFiles(bytesSource(whole)) : given;
    const onProgress = (progress: InspectProgress) => answer({ progress });
    const examination = await examineModel(files, {
      engine: webEngine({ wasmPaths }),
      maxProofBytes: MAX_PROOF_BYTES,
      onProgress,
    });
    answer({ examination, ms: Math.round(performance.now() - started), ...(whole ? { whole } : {}) });
  } catch (error) {
    answer({
      error: isOmlError(error)
        ? { code: error.code, message: error.message }
        : { code: 'MODEL_INVALID', message: 'The file could not be read.' },
    });
  }
};
