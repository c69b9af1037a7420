import { webEngine } from '@oml/onnx/runner-web';
import { fingerprintOnce, type FingerprintInput, type FingerprintRun } from './fingerprint-run.ts';

export interface FingerprintRequest extends FingerprintInput {
  wasmPaths: string;
}

export type FingerprintAnswer =
  { progress: { step: string; share: number } } | { run: FingerprintRun } | { error: string };

self.onmessage = async ({ data: { wasmPaths, ...input } }: MessageEvent<FingerprintRequest>) => {
  const answer = (message: FingerprintAnswer): void => self.postMessage(message);
  try {
    answer({
      run: await fingerprintOnce(input, webEngine({ wasmPaths }), {
        onProgress: (step, share) => answer({ progress: { step, share } }),
      }),
    });
  } catch (error) {
    answer({ error: (error as { code?: string }).code ?? String(error) });
  }
};
