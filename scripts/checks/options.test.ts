import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { environment } from '../../apps/gateway/src/license/onboard.ts';
import { gatewayOptions } from '../../apps/gateway/src/options.ts';
import { towerOptions } from '../../apps/gateway/src/tower/options.ts';
import { root } from '../stack/layout.ts';

const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const example = read('.env.example');
const isIn = (name: string): boolean => new RegExp(`^(?:# )?${name}\\b`, 'm').test(example);

/** Names in an agent's options file, whichever way it reads them. */
const namesIn = (file: string): string[] =>
  [...read(file).matchAll(/^ {2}([A-Z][A-Z0-9_]{2,}):/gm)].map(([, name]) => name!);

const host = [...new Set([gatewayOptions, environment, towerOptions].flatMap(({ shape }) => Object.keys(shape)))];

describe('an option', () => {
  it('is found where it stands', () => {
    expect(host).toEqual(expect.arrayContaining(['HOST', 'HOST_KEY', 'METRICS_PORT', 'ANSWER_SECRET', 'SEALING_SEED']));
    expect(namesIn('apps/verifier/src/options.ts')).toContain('VERIFIER_KEY');
    expect([isIn('HOST_KEY'), isIn('NO_SUCH_OPTION')]).toEqual([true, false]);
  });

  it.each(host)('of the gateway stands in .env.example and in the guide for hosts: %s', (name) => {
    expect(isIn(name), '.env.example').toBe(true);
    expect(read('docs/guides/host.md')).toMatch(new RegExp(`\\b${name}\\b`));
  });

  it.each(['verifier', 'publisher', 'indexer'])('of the %s stands in .env.example', (app) => {
    expect(namesIn(`apps/${app}/src/options.ts`).filter((name) => !isIn(name))).toEqual([]);
  });
});
