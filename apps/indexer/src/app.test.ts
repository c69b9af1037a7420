import { describe, expect, it } from 'vitest';
import { quiet } from '../test-support/index-of.ts';
import { indexerApp } from './app.ts';
import type { Progress } from './indexer.ts';

const ask = async (path: string, progress: Progress | undefined) => {
  const response = await indexerApp({ progress: () => progress, logger: quiet }).request(path);
  return { status: response.status, body: (await response.json()) as unknown };
};
const now = () => new Date();

describe('the indexer’s app', () => {
  it('is not ready before the first step, nor far behind, nor silent for long', async () => {
    expect((await ask('/ready', undefined)).status).toBe(503);
    expect((await ask('/ready', { head: 10n, indexedBlock: 4n, steppedAt: now() })).status).toBe(503);
    expect(
      (await ask('/ready', { head: 10n, indexedBlock: 10n, steppedAt: new Date(Date.now() - 60_000) })).status,
    ).toBe(503);
  });

  it('is ready within five blocks of the head', async () => {
    expect((await ask('/ready', { head: 10n, indexedBlock: 5n, steppedAt: now() })).status).toBe(200);
  });

  it('says how far it is, integers as decimal strings', async () => {
    expect(await ask('/status', undefined)).toEqual({
      status: 200,
      body: { head: null, indexedBlock: null, lag: null },
    });
    expect(await ask('/status', { head: 10n, indexedBlock: 4n, steppedAt: now() })).toEqual({
      status: 200,
      body: { head: '10', indexedBlock: '4', lag: '6' },
    });
    expect(await ask('/status', { head: 10n, indexedBlock: 12n, steppedAt: now() })).toMatchObject({
      body: { lag: '0' },
    });
  });

  it('answers unknown paths with a problem', async () => {
    expect(await ask('/nowhere', undefined)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });
});
