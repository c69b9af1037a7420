import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectChain } from './chain.ts';
import { createLogger } from './logger.ts';
import { privateKey, readOptions, storeUrl } from './options.ts';
import { plainError } from './plain-error.ts';

const PROVIDER_KEY = 'pk-4fda9c0e77b24a8fb1';
const PASSWORD = 'hunter2';
const ZERO = '0x0000000000000000000000000000000000000000';
const DATA = `0x${'ab'.repeat(2_000)}` as const;
let node: Server;
let rpcUrl: string;

beforeAll(async () => {
  node = createServer((_, response) => response.writeHead(403).end(`no such key: ${PROVIDER_KEY}`));
  await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
  rpcUrl = `http://127.0.0.1:${(node.address() as AddressInfo).port}/v2/${PROVIDER_KEY}?again=${PROVIDER_KEY}`;
});
afterAll(() => void node?.close());

/** What a failing node makes of a call with much data. */
async function failure(url = rpcUrl): Promise<unknown> {
  const deployment = { chainId: 31337, deployedAtBlock: 0 } as Parameters<typeof connectChain>[0]['deployment'];
  const { publicClient } = connectChain({ rpcUrl: url, deployment });
  return publicClient.call({ to: ZERO, data: DATA }).then(
    () => 'nothing failed',
    (error: unknown) => error,
  );
}

function logged(facts: object, text = 'it failed'): string {
  const lines: string[] = [];
  const logger = createLogger('test', (line) => lines.push(line));
  logger.level = 'info';
  logger.info(facts, text);
  return lines.join('');
}

describe('a log', () => {
  it('tells of a node that refuses, without its address, its key and what was sent', async () => {
    const error = await failure();
    expect(String(error)).toContain(PROVIDER_KEY);
    const line = logged({ err: error });
    expect(line).not.toContain(PROVIDER_KEY);
    expect(line).not.toContain('abababababab');
    expect(line).toContain('403');
    expect(line.length).toBeLessThan(2_500);
  });

  it('hides the same in a sentence, in a fact and in what a library says', async () => {
    const { message } = (await failure()) as Error;
    const line = logged({ message, why: `it was ${rpcUrl}` }, `asked ${rpcUrl} in vain`);
    expect(line).not.toContain(PROVIDER_KEY);
    expect(line).toContain('[hidden]');
    expect(line.length).toBeLessThan(1_000);
  });

  it('hides the name and the password of an address', async () => {
    const url = rpcUrl.replace('http://', `http://host:${PASSWORD}@`);
    const line = logged({ err: await failure(url) });
    expect(line).not.toContain(PASSWORD);
    const STORE = `postgres://host:${PASSWORD}@db.example/oml`;
    readOptions(z.object({ STORE: storeUrl }), { STORE });
    expect(logged({ err: new Error(`connect to ${STORE} failed`) })).not.toContain(PASSWORD);
  });

  it('hides every key that was read from the environment, with and without 0x', () => {
    const KEY = `0x${'5A'.repeat(32)}`;
    readOptions(z.object({ KEY: privateKey }), { KEY });
    const line = logged({ err: new Error(`bad key ${KEY}`), raw: KEY.slice(2).toLowerCase() });
    expect(line.toLowerCase()).not.toContain('5a5a');
  });

  it('does not repeat what a parser of JSON was given', () => {
    let error: unknown;
    try {
      JSON.parse('my secret prompt');
    } catch (caught) {
      error = caught;
    }
    expect(String(error)).toContain('my secret');
    expect(logged({ err: error })).not.toContain('my secret');
  });
});

describe('a program', () => {
  it('says of a node that refuses what to check, and no more', async () => {
    const { code, message, retryable } = plainError(await failure());
    expect([code, retryable]).toEqual(['CHAIN_UNREACHABLE', true]);
    expect(message).toContain('RPC_URL');
    expect(message).not.toContain(PROVIDER_KEY);
  });

  it('says of any other failure one line', () => {
    const { code, message } = plainError(new Error(`broken\n${'0x'}${'ff'.repeat(500)}`));
    expect(code).toBe('INTERNAL');
    expect(message).toMatch(/^broken 0xffffffff… \(500 bytes\)$/);
  });
});
