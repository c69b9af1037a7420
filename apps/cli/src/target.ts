import type { Ask } from '@oml/fingerprint/evidence/verify-target';
import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { askEndpoint, askFile } from './ask.ts';
import { openModel, openOwnSubject } from './model.ts';

export interface TargetOptions {
  file?: string;
  endpoint?: string;
  model?: string;
  apiKeyFile?: string;
}

export interface Target {
  ask: Ask;
  /** Does somebody else see what is asked? Then a key that was asked is spent. */
  isSeen: boolean;
  close(): Promise<void>;
}

/** What is asked: a file or an endpoint, exactly one of them. */
export async function openTarget(
  modelFolder: string,
  { file, endpoint, model, apiKeyFile }: TargetOptions,
  signal: AbortSignal,
): Promise<Target> {
  if ((file === undefined) === (endpoint === undefined))
    throw new OmlError('REQUEST_INVALID', 'Name one target: --file PATH or --endpoint URL.');
  if (file !== undefined)
    return {
      ...(await askFile(await openOwnSubject(modelFolder), (await openModel(file)).model.bytes)),
      isSeen: false,
    };
  if (!URL.canParse(endpoint!)) throw new OmlError('REQUEST_INVALID', `"${endpoint}" is no URL.`);
  const apiKey = apiKeyFile && (await readFile(apiKeyFile, 'utf8')).trim();
  return {
    ask: askEndpoint(endpoint!, { ...(model ? { model } : {}), ...(apiKey ? { apiKey } : {}), signal }),
    isSeen: true,
    close: async () => {},
  };
}
