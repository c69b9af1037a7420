import { blobSource, modelFiles } from '@oml/onnx/file/byte-source';
import { examineModel, type Examination } from '@oml/onnx/inspect/examine';
import { webEngine } from '@oml/onnx/runner-web';
import { isOmlError } from '@oml/protocol/error';

export interface InspectRequest {
  model: File;
  /** Files that the model's weights lie in, each known by its name. */
  external: readonly File[];
  wasmPaths: string;
}

export interface InspectProgress {
  stage: 'graph' | 'digest' | 'proof';
  /** Of the stage, 0 to 1. */
  share: number;
}

export type InspectAnswer =
  | { progress: InspectProgress }
  | { examination: Examination; ms: number }
  | { error: { code: string; message: string } };

/** The proof holds several copies of the model. */
const MAX_PROOF_BYTES = 2 ** 28;

const answer = (message: InspectAnswer): void => self.postMessage(message);

self.onmessage = async ({ data: { model, external, wasmPaths } }: MessageEvent<InspectRequest>) => {
  try {
    const started = performance.now();
    const files = modelFiles(blobSource(model), new Map(external.map((file) => [file.name, blobSource(file)])));
    const onProgress = (progress: InspectProgress) => answer({ progress });
    const examination = await examineModel(files, {
      engine: webEngine({ wasmPaths }),
      maxProofBytes: MAX_PROOF_BYTES,
      onProgress,
    });
    answer({ examination, ms: Math.round(performance.now() - started) });
  } catch (error) {
    answer({
      error: isOmlError(error)
        ? { code: error.code, message: error.message }
        : { code: 'MODEL_INVALID', message: 'The file could not be read.' },
    });
  }
};
