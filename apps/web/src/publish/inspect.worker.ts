import { weightsDigest } from '@oml/onnx/digest';
import { inspectModel } from '@oml/onnx/inspect';
import type { Inspection } from '@oml/onnx/inspection';
import { readModel } from '@oml/onnx/model-file';
import { isOmlError } from '@oml/protocol/error';
import type { Hex } from 'viem';

export type InspectAnswer = { inspection: Inspection; digest: Hex; ms: number } | { error: { code: string; message: string } };

self.onmessage = async ({ data }: MessageEvent<File>) => {
  try {
    const started = performance.now();
    const model = readModel(new Uint8Array(await data.arrayBuffer()));
    const answer: InspectAnswer = { inspection: inspectModel(model), digest: await weightsDigest(model), ms: Math.round(performance.now() - started) };
    self.postMessage(answer);
  } catch (error) {
    const answer: InspectAnswer = { error: isOmlError(error) ? { code: error.code, message: error.message } : { code: 'MODEL_INVALID', message: 'The file could not be read.' } };
    self.postMessage(answer);
  }
};
