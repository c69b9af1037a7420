import { isOmlErrorCode, OmlError } from '@oml/protocol/error';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { publicationOrderedSchema, publicationSchema, type Publication } from '@oml/protocol/wire/publication';
import { HEADERS } from '@oml/protocol/wire/headers';
import { sleep, until } from '@oml/service/wait';
import type { Hex } from 'viem';

const POLL_MS = 500;

/** A publication that ended well. */
export type Published = Publication & { publicationId: string };

/** What a publisher answers, as JSON. Throws UNAVAILABLE, and what it answers as a problem. */
export async function call(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', `Nothing answers at ${url}.`, { retryable: true, cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, body, { who: 'The publisher' });
  return body;
}

/** Sends a signed order, and follows the publication to its end, telling each step. Throws what it failed with. */
export async function order(publisher: string, path: string, body: unknown, signature: Hex): Promise<Published> {
  const headers = { 'content-type': 'application/json', [HEADERS.signature]: signature };
  const ordered = await call(`${publisher}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
  return follow(publisher, publicationOrderedSchema.parse(ordered).publicationId);
}

async function follow(publisher: string, publicationId: string): Promise<Published> {
  const url = `${publisher}/publications/${publicationId}`;
  for (let told = ''; ; await sleep(POLL_MS)) {
    // A publisher that is started again goes on with its publications, and so does this.
    const view = await until(`Word of publication ${publicationId}`, async () =>
      publicationSchema.parse(await call(url)),
    );
    const line = lineOf(view);
    if (line !== told) console.error((told = line));
    if (view.state === 'ready') return { publicationId, ...view };
    if (view.state === 'failed') throw failureOf(view);
  }
}

function lineOf({ state, steps }: Publication): string {
  const step = steps.find((each) => each.state === 'running');
  if (!step) return state;
  return step.part ? `${step.name} ${step.part} ${Math.floor((step.progress ?? 0) * 10) * 10} %` : step.name;
}

function failureOf({ error }: Publication): OmlError {
  const { code, message } = error ?? { code: undefined, message: 'The publisher does not say why.' };
  return new OmlError(isOmlErrorCode(code) ? code : 'UNAVAILABLE', message, { retryable: false });
}
