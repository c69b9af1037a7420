import { webEngine } from '@oml/onnx/runner-web';
import { isOmlError, type OmlErrorCode } from '@oml/protocol/error';
import { ownJobs, type OwnJobName, type OwnWork } from './own-jobs.ts';

export interface OwnRequest {
  name: OwnJobName;
  input: OwnWork[OwnJobName]['input'];
  wasmPaths: string;
}

export type OwnAnswer =
  | { progress: { part: string; share: number } }
  | { result: OwnWork[OwnJobName]['result'] }
  | { error: { code: OmlErrorCode; message: string } };

const answer = (message: OwnAnswer): void => self.postMessage(message);

/** One job for one worker, which is ended with it. */
self.onmessage = async ({ data: { name, input, wasmPaths } }: MessageEvent<OwnRequest>) => {
  try {
    const job = ownJobs(webEngine({ wasmPaths }))[name] as (
      given: typeof input,
      progress: { onProgress: (part: string, share: number) => void },
    ) => Promise<OwnWork[OwnJobName]['result']>;
    answer({ result: await job(input, { onProgress: (part, share) => answer({ progress: { part, share } }) }) });
  } catch (error) {
    const code = isOmlError(error) ? error.code : 'INTERNAL';
    answer({ error: { code, message: error instanceof Error ? error.message : 'The work broke off.' } });
  }
};
