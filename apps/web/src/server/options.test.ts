import { describe, expect, it } from 'vitest';
import { readWebOptions } from './options.ts';

const COMPLETE = {
  RPC_URL: 'http://127.0.0.1:8545/',
  OML_DEPLOYMENT: '/data/deployment.json',
  DATABASE_URL: 'postgresql://reader:hunter2@127.0.0.1:5549/oml',
};

describe('readWebOptions', () => {
  it('reads a complete environment and trims URLs', () =>
    expect(readWebOptions(COMPLETE)).toMatchObject({ options: { RPC_URL: ['http://127.0.0.1:8545'] } }));

  it('reads several nodes', () =>
    expect(readWebOptions({ ...COMPLETE, RPC_URL: 'http://a/, https://b/v3' })).toMatchObject({
      options: { RPC_URL: ['http://a', 'https://b/v3'] },
    }));

  it('leaves the agents optional', () =>
    expect(readWebOptions({ ...COMPLETE, PUBLISHER_URL: '' })).toMatchObject({
      options: { PUBLISHER_URL: undefined },
    }));

  it('names what is missing', () =>
    expect(readWebOptions({ RPC_URL: COMPLETE.RPC_URL })).toEqual({
      missing: ['OML_DEPLOYMENT', 'DATABASE_URL'],
      invalid: [],
    }));

  it('names what is invalid without repeating its value', () => {
    const result = readWebOptions({ ...COMPLETE, DATABASE_URL: 'mysql://reader:hunter2@db' });
    expect(result).toEqual({ missing: [], invalid: ['DATABASE_URL'] });
    expect(JSON.stringify(result)).not.toContain('hunter2');
  });

  it('refuses a browser URL that is not http', () =>
    expect(readWebOptions({ ...COMPLETE, RPC_URL: 'javascript:alert(1)' })).toMatchObject({ invalid: ['RPC_URL'] }));
});
