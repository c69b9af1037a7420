import { Classifier } from '@oml/onnx/classifier';
import { webEngine } from '@oml/onnx/runner-web';
import { SIZE } from './digit-image.ts';

export interface ClassifyRequest {
  modelUrl: string;
  wasmPaths: string;
  threads: number;
  pixels: Float32Array;
}

export type ClassifyAnswer =
  { label: number; probabilities: number[]; loadedMs: number; ranMs: number; bytes: number } | { error: string };

let opened: { url: string; bytes: number; classifier: Promise<Classifier> } | undefined;

async function open(request: ClassifyRequest): Promise<{ classifier: Classifier; bytes: number }> {
  if (opened?.url !== request.modelUrl) {
    const response = await fetch(request.modelUrl);
    if (!response.ok) throw new Error(`The publisher answered ${response.status} instead of the demo edition.`);
    const model = new Uint8Array(await response.arrayBuffer());
    opened = { url: request.modelUrl, bytes: model.length, classifier: Classifier.open({ model }, webEngine(request)) };
    opened.classifier.catch(() => (opened = undefined));
  }
  return { classifier: await opened.classifier, bytes: opened.bytes };
}

self.onmessage = async ({ data }: MessageEvent<ClassifyRequest>) => {
  try {
    const started = performance.now();
    const { classifier, bytes } = await open(data);
    const loaded = performance.now();
    const { label, probabilities } = await classifier.classify({ shape: [1, 1, SIZE, SIZE], data: data.pixels });
    const answer: ClassifyAnswer = {
      label,
      probabilities,
      bytes,
      loadedMs: Math.round(loaded - started),
      ranMs: Math.round((performance.now() - loaded) * 10) / 10,
    };
    self.postMessage(answer);
  } catch (error) {
    self.postMessage({
      error: error instanceof Error ? error.message : 'The demo edition cannot be run in this browser.',
    } satisfies ClassifyAnswer);
  }
};
