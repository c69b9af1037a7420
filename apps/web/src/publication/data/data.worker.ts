import '@oml/onnx/data/worker-document';
import type { DataProgress, DataReport, NamedFile } from '@oml/onnx/data/made-data';
import { makeData, type DataTarget } from '@oml/onnx/data/make-data';
import { readPreprocessing } from '@oml/onnx/data/preprocessing';
import { readTokenizer } from '@oml/onnx/tokenizer';
import { isOmlError, type OmlErrorCode } from '@oml/protocol/error';

/** What the data are for, as it can be sent to a worker. */
export type SentTarget =
  | { kind: 'language'; tokenizer: Blob; tokenizerConfig?: Blob | undefined }
  | {
      kind: 'classifier';
      inputDims: readonly (number | null)[];
      outcomes: number;
      /** `preprocessing.json`, or Hugging Face's configuration of the same. */
      preprocessing?: Blob | undefined;
    };

export interface DataRequest {
  files: readonly { name: string; file: Blob }[];
  target: SentTarget;
}

export interface DataMade {
  files: { name: string; bytes: Uint8Array<ArrayBuffer> }[];
  report: DataReport;
}

export type DataAnswer =
  { progress: DataProgress } | { made: DataMade } | { error: { code: OmlErrorCode; message: string } };

const answer = (message: DataAnswer): void => self.postMessage(message);
const jsonOf = async (file: Blob): Promise<unknown> => JSON.parse(await file.text());

async function targetOf(target: SentTarget): Promise<DataTarget> {
  if (target.kind === 'language') {
    const config = target.tokenizerConfig && (await jsonOf(target.tokenizerConfig));
    return { kind: 'language', tokenizer: readTokenizer(await jsonOf(target.tokenizer), config) };
  }
  const { preprocessing, ...others } = target;
  return { ...others, ...(preprocessing ? { preprocessing: readPreprocessing(await jsonOf(preprocessing)) } : {}) };
}

/** One after another, so that a folder of pictures need not lie in memory; a zipped one is unzipped. */
async function* readEach(files: DataRequest['files']): AsyncGenerator<NamedFile> {
  for (const { name, file } of files) {
    const isZipped = /\.gz$/i.test(name);
    const stream = isZipped ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream();
    yield { name: name.replace(/\.gz$/i, ''), bytes: new Uint8Array(await new Response(stream).arrayBuffer()) };
  }
}

self.onmessage = async ({ data: { files, target } }: MessageEvent<DataRequest>) => {
  try {
    const made = await makeData(readEach(files), await targetOf(target), {
      onProgress: (progress) => answer({ progress }),
    });
    const written = [...made.files].map(([name, bytes]) => ({ name, bytes: new Uint8Array(bytes) }));
    answer({ made: { files: written, report: made.report } });
  } catch (error) {
    const code = isOmlError(error) ? error.code : 'REQUEST_INVALID';
    answer({ error: { code, message: isOmlError(error) ? error.message : 'A file could not be read.' } });
  }
};
