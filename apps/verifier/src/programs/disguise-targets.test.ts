import { guardFor } from '@oml/service/guarded-fetch';
import { startHostileServer, type HostileServer } from '@oml/service/test-support/hostile-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hosts } from '../chain/hosts.ts';
import { kindOf, survivalOf } from './disguise-targets.ts';

const SAID: Record<string, object> = {
  measured: { report: { verified: 1, plan: { profile: 'anchored', survival: 0.21, minBond: '1' } } },
  silent: {},
  without: { report: { verified: 1 } },
  many: { report: { plan: { survival: 7 } } },
  words: { report: { plan: { survival: 'all of them' } } },
};
let server: HostileServer;
beforeAll(async () => {
  const answers = Object.entries(SAID).map(([name, said]) => [
    `/${name}/models/1`,
    (_: unknown, response: { end(text: string): void }) =>
      response.end(JSON.stringify({ modelId: '1', kind: 'language', ...said })),
  ]);
  server = await startHostileServer(Object.fromEntries(answers));
});
afterAll(() => server?.close());

describe('what a publication says to a verifier', () => {
  it.each([
    ['measured', 0.21],
    ['silent', undefined],
    ['without', undefined],
    ['many', undefined],
    ['words', undefined],
  ])('%s: of what survives %s, and its kind all the same', async (name, survival) => {
    const hosts = { model: async () => ({ uri: `${server.url}/${name}` }) } as unknown as Hosts;
    const context = { hosts, limits: guardFor({ chainId: 31_337 }, { timeoutMs: 10_000, maxBytes: 1 << 16 }) };
    expect(await survivalOf(context, 1n)).toBe(survival);
    expect(await kindOf(context, 1n)).toBe('language');
  });
});
