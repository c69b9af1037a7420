import type { FingerprintRun } from './fingerprint-run.ts';
import type { FingerprintAnswer, FingerprintRequest } from './fingerprint.worker.ts';

export interface PageRun {
  run?: Omit<FingerprintRun, 'file'> & { file: number[] };
  error?: string;
  /** Steps in the order in which they came. */
  steps: string[];
}

/** What the story asks of the page: to fingerprint the model that its server has, perhaps to give up at a step. */
export interface FingerprintPage {
  fingerprint(folder: string, cancelAt?: string): Promise<PageRun>;
}

const bytes = async (url: string): Promise<Uint8Array<ArrayBuffer>> =>
  new Uint8Array(await (await fetch(url)).arrayBuffer());
const json = async (url: string): Promise<object> => (await fetch(url)).json() as Promise<object>;
const tokens = async (url: string): Promise<Int32Array> => new Int32Array((await bytes(url)).buffer);

const page: FingerprintPage = {
  async fingerprint(folder, cancelAt) {
    const request: FingerprintRequest = {
      model: await bytes(`${folder}/model.onnx`),
      tokenizer: await json(`${folder}/tokenizer.json`),
      tokenizerConfig: await json(`${folder}/tokenizer_config.json`),
      ordinary: await tokens(`${folder}/ordinary.i32`),
      heldout: await tokens(`${folder}/heldout.i32`),
      wasmPaths: `${location.origin}/ort/`,
    };
    const worker = new Worker(new URL('./fingerprint.worker.ts', import.meta.url), { type: 'module' });
    const steps: string[] = [];
    try {
      return await new Promise<PageRun>((resolve) => {
        worker.onmessage = ({ data }: MessageEvent<FingerprintAnswer>) => {
          if ('run' in data) resolve({ run: { ...data.run, file: [...data.run.file] }, steps });
          else if ('error' in data) resolve({ error: data.error, steps });
          else if (steps.at(-1) !== data.progress.step) steps.push(data.progress.step);
          if (cancelAt !== undefined && steps.at(-1) === cancelAt) resolve({ error: 'ABORTED', steps });
        };
        worker.onerror = ({ message }) => resolve({ error: message, steps });
        worker.postMessage(request);
      });
    } finally {
      worker.terminate();
    }
  },
};

Object.assign(window, { page });
