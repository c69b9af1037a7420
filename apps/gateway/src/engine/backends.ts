import { OmlError } from '@oml/protocol/error';
import { baseUrl } from '@oml/service/options';
import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';

const common = {
  /** Where the engine listens, as the gateway reaches it; it may be an internal address. */
  url: baseUrl,
  /** What the engine calls the model. */
  model: z.string().min(1).max(200),
  /** A file with the engine's key, for its owner's eyes only; relative to the file of the backends. */
  apiKeyFile: z.string().min(1).optional(),
  /** How long the engine may be silent. */
  timeoutMs: z.int().min(100).max(600_000).default(60_000),
};

const backend = z.discriminatedUnion('kind', [
  z.strictObject({
    ...common,
    kind: z.literal('openai'),
    /** Whose dialect it speaks: what it can do is read from that engine's documentation. */
    dialect: z.enum(['vllm', 'llama.cpp', 'ollama']),
  }),
  z.strictObject({
    ...common,
    kind: z.literal('oip'),
    /** Names of the tensors, where the engine's metadata name more than one. */
    input: z.string().min(1).optional(),
    output: z.string().min(1).optional(),
  }),
]);
const backends = z.record(z.string().min(1), backend);

/** How one model is served by another engine, its key read. */
export type Backend = z.output<typeof backend> & { apiKey?: string };
export type OpenAiBackend = Extract<Backend, { kind: 'openai' }>;
export type OipBackend = Extract<Backend, { kind: 'oip' }>;

/** Backends by the name of a model or the number of a license. */
export type Backends = ReadonlyMap<string, Backend>;

/** Reads the file that `BACKENDS` names. Throws ENV_INVALID, never with a key in it. */
export function readBackends(path: string | undefined): Backends {
  if (path === undefined) return new Map();
  const parsed = backends.safeParse(readJson(path));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(`${issue!.path.join('.')}: ${issue!.message}`, parsed.error);
  }
  const rows = Object.entries(parsed.data).map(([name, one]): [string, Backend] => {
    if (one.apiKeyFile === undefined) return [name, one];
    return [name, { ...one, apiKey: readKey(resolve(dirname(path), one.apiKeyFile)) }];
  });
  return new Map(rows);
}

const refused = (why: string, cause?: unknown): OmlError =>
  new OmlError('ENV_INVALID', `BACKENDS is refused: ${why}.`, { cause });

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw refused('it names no file that holds JSON', cause);
  }
}

/** What a header may hold, on one line. */
const KEY = /^[\x21-\x7e]{1,4096}$/;

function readKey(path: string): string {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw new Error('others may read it: chmod 600');
    const key = readFileSync(path, 'utf8').trim();
    if (!KEY.test(key)) throw new Error('it holds no key on one line');
    return key;
  } catch (cause) {
    throw refused(`the file ${path} of a key cannot be taken, ${cause instanceof Error ? cause.message : 'it'}`);
  }
}
