import { headOf } from '@oml/protocol/evidence/head';
import { CALL_PATH, type ModelKind } from '@oml/protocol/wire/model-kind';
import { MODEL_LIST_PATH, modelListSchema } from '@oml/protocol/wire/model-list';
import { completionOf } from '@oml/sdk/asked';
import { fetchText } from '@oml/service/fetch-text';
import type { Guard } from '@oml/service/guarded-fetch';
import type { Hex } from 'viem';
import { keyRequest } from '../programs/ordinary-requests.ts';

/** Enough for a head. */
const TOKENS = 16;

export interface Endpoint {
  /** As it was reported. */
  url: string;
  kind: ModelKind;
  /** The name under which it serves; undefined: it takes any. */
  model: string | undefined;
}

/** The name that an OpenAI-compatible endpoint lists first; undefined where it lists none. */
export async function firstModelOf(url: string, limits: Guard): Promise<string | undefined> {
  try {
    return modelListSchema.parse(JSON.parse(await fetchText(pathAt(url, MODEL_LIST_PATH), limits))).data[0]!.id;
  } catch {
    return undefined;
  }
}

/**
 * The head of what an endpoint answers to a key; undefined where it answers nothing that can be read, or wants money.
 */
export async function askEndpoint(
  { url, kind, model }: Endpoint,
  body: Record<string, unknown>,
  limits: Guard,
): Promise<Hex | undefined> {
  const asked = JSON.stringify(keyRequest({ model: model ?? 'default', kind }, body, { max_tokens: TOKENS }));
  try {
    return headOf(completionOf(JSON.parse(await fetchText(pathAt(url, CALL_PATH[kind]), limits, asked))));
  } catch {
    return undefined;
  }
}

/** A base address may or may not end in the version that every path of ours begins with. */
const pathAt = (url: string, path: string): string =>
  `${url.replace(/\/+$/, '').replace(/\/v1(?:\/completions|\/classify)?$/, '')}${path}`;
