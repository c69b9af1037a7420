import type { Ask } from '@oml/fingerprint/evidence/verify-target';
import type { Prompt } from '@oml/fingerprint/subject/prompt';
import type { Subject } from '@oml/fingerprint/subject/subject';
import { openSuspect, type Suspect } from '@oml/fingerprint/suspect/open-suspect';
import { OmlError } from '@oml/protocol/error';
import { readFile } from 'node:fs/promises';
import { askEndpoint, sampleEndpoint, type AskMany } from '../ask.ts';
import { openModel, openOwnSubject } from '../model.ts';

export interface TargetOptions {
  file?: string;
  endpoint?: string;
  model?: string;
  apiKeyFile?: string;
  chat?: boolean;
}

export interface Target {
  ask: Ask;
  /** Of an endpoint: the same question again and again, sampled. */
  sample?: AskMany;
  /** Does somebody else see what is asked? Then a key that was asked is spent. */
  isSeen: boolean;
  /** What can be looked into, of a file. */
  inside?: { subject: Subject; suspect: Suspect };
  close(): Promise<void>;
}

/** What is asked: a file or an endpoint, exactly one of them. `samples` tell how a file wants to be asked. */
export async function openTarget(
  modelFolder: string,
  { file, endpoint, model, apiKeyFile, chat = false }: TargetOptions,
  samples: readonly Prompt[],
  signal: AbortSignal,
): Promise<Target> {
  if ((file === undefined) === (endpoint === undefined))
    throw new OmlError('REQUEST_INVALID', 'Name one target: --file PATH or --endpoint URL.');
  if (file !== undefined) {
    if (chat) throw new OmlError('REQUEST_INVALID', 'A file is asked for raw prompts: --chat goes with --endpoint.');
    const subject = await openOwnSubject(modelFolder);
    const suspect = await openSuspect(subject, (await openModel(file)).model.bytes, samples);
    return {
      ask: async (prompt) => (await suspect.heads([prompt]))[0],
      isSeen: false,
      inside: { subject, suspect },
      close: () => suspect.dispose(),
    };
  }
  if (!URL.canParse(endpoint!)) throw new OmlError('REQUEST_INVALID', `"${endpoint}" is no URL.`);
  const apiKey = apiKeyFile && (await readFile(apiKeyFile, 'utf8')).trim();
  const asking = { ...(model ? { model } : {}), ...(apiKey ? { apiKey } : {}), chat, signal };
  return {
    ask: askEndpoint(endpoint!, asking),
    sample: sampleEndpoint(endpoint!, asking),
    isSeen: true,
    close: async () => {},
  };
}
