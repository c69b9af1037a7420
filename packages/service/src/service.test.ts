import { OmlError } from '@oml/protocol/error';
import { Agent, get } from 'node:http';
import { connect, createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Readable } from 'node:stream';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createApp } from './app.ts';
import { createLogger } from './logger.ts';
import { baseUrl, port, privateKey, readOptions } from './options.ts';
import { problemOf } from '@oml/protocol/wire/problem';
import { runService } from './run.ts';
import { openSealed, seal, sealingKeyPair } from './seal.ts';

const SEED = `0x${'11'.repeat(32)}` as const;
const logger = createLogger('test');
logger.level = 'silent';

describe('options', () => {
  const schema = z.object({ RPC_URL: baseUrl, PORT: port, KEY: privateKey });

  it('names every missing variable and no value', () => {
    const error = catchError(() => readOptions(schema, { PORT: '80', KEY: '' }));
    expect(error).toMatchObject({ code: 'ENV_MISSING', details: { missing: ['RPC_URL', 'KEY'] } });
  });

  it('refuses a malformed key without repeating it', () => {
    const error = catchError(() => readOptions(schema, { RPC_URL: 'http://a', PORT: '80', KEY: '0xsecret' }));
    expect(error.code).toBe('ENV_INVALID');
    expect(error.message).not.toContain('0xsecret');
  });

  it('drops the trailing slash of a base URL', () => {
    expect(readOptions(schema, { RPC_URL: 'http://a/', PORT: '80', KEY: SEED }).RPC_URL).toBe('http://a');
  });
});

describe('problems', () => {
  it('say nothing about unknown errors', () => {
    expect(problemOf(new Error('password is hunter2'))).toMatchObject({ code: 'INTERNAL', status: 500 });
    expect(JSON.stringify(problemOf(new Error('hunter2')))).not.toContain('hunter2');
  });

  it('end their type in the code', () => {
    expect(problemOf(new OmlError('PAYMENT_SHORT', 'x')).type).toMatch(/\/PAYMENT_SHORT$/);
  });
});

describe('app', () => {
  const { app, metrics } = createApp({ name: 'test', logger, isReady: () => false, maxBodyBytes: 10 });
  app.post('/echo', async (c) => c.text(await c.req.text()));
  app.get('/boom', () => {
    throw new Error('inner detail');
  });

  it('is healthy before it is ready', async () => {
    expect((await app.request('/health')).status).toBe(200);
    expect((await app.request('/ready')).status).toBe(503);
  });

  it('refuses a body over the limit with a problem', async () => {
    const answer = await app.request('/echo', { method: 'POST', body: 'x'.repeat(11) });
    expect(answer.status).toBe(413);
    expect(await answer.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE' });
  });

  it('hides the inside of a crash', async () => {
    const answer = await app.request('/boom');
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.text()).not.toContain('inner detail');
  });

  it('counts requests and refusals, and shows that nowhere itself', async () => {
    expect((await app.request('/metrics')).status).toBe(404);
    const page = await metrics.metrics();
    expect(page).toContain('http_requests_total{');
    expect(page).toMatch(/oml_refusals_total\{code="REQUEST_TOO_LARGE",service="test"\} 1/);
  });
});

describe('run', () => {
  it('refuses what it cannot read in its own words', async () => {
    const { app } = createApp({ name: 'test', logger });
    const { port: open, close } = await runService({ name: 'test', app, port: 0, logger });
    const long = await fetch(`http://127.0.0.1:${open}/health`, {
      headers: { 'payment-signature': 'A'.repeat(100_000) },
    });
    expect(long.status).toBe(413);
    expect(await long.json()).toMatchObject({ code: 'REQUEST_TOO_LARGE', status: 413 });
    const socket = connect(open, '127.0.0.1');
    socket.end('PAY ME\r\n\r\n');
    const text = await new Response(Readable.toWeb(socket) as ReadableStream).text();
    expect(text).toMatch(/^HTTP\/1\.1 400 [^]*"code":"REQUEST_INVALID"/);
    await close();
  });

  it('keeps an idle connection longer than balancers do, and stops as soon as the calls under way have ended', async () => {
    const { app } = createApp({ name: 'test', logger });
    const goOn = Promise.withResolvers<void>();
    const underWay = Promise.withResolvers<void>();
    app.get('/slow', async (c) => (underWay.resolve(), await goOn.promise, c.text('done')));
    const { port: open, close } = await runService({ name: 'test', app, port: 0, logger });
    const agent = new Agent({ keepAlive: true });
    const answer = new Promise<unknown>((resolve, reject) =>
      get(`http://127.0.0.1:${open}/slow`, { agent }, (response) => {
        response.resume().once('end', () => resolve(response.headers['keep-alive']));
      }).once('error', reject),
    );
    await underWay.promise;
    const closed = close();
    goOn.resolve();
    expect(await answer).toBe('timeout=75');
    const late = Symbol('late');
    expect(await Promise.race([closed, sleep(30_000, late, { ref: false })])).not.toBe(late);
    agent.destroy();
  });

  it('says which service found its port taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const taken = (other.address() as { port: number }).port;
    const { app } = createApp({ name: 'test', logger });
    await expect(runService({ name: 'gateway', app, port: taken, logger })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: expect.stringContaining('gateway'),
    });
    other.close();
  });

  it('serves what it measures on the port that is named for it, and nothing else there', async () => {
    vi.stubEnv('METRICS_PORT', '0');
    const { app } = createApp({ name: 'test', logger });
    const service = await runService({ name: 'gateway', app, port: 0, logger });
    vi.unstubAllEnvs();
    const at = (port: number, path: string) => fetch(`http://127.0.0.1:${port}${path}`);
    expect(await (await at(service.metricsPort!, '/metrics')).text()).toContain('http_requests_total');
    const others = [at(service.port, '/metrics'), at(service.metricsPort!, '/health')];
    expect((await Promise.all(others)).map(({ status }) => status)).toEqual([404, 404]);
    await service.close();
    await expect(at(service.metricsPort!, '/metrics')).rejects.toThrow();
  });
});

describe('seal', () => {
  const text = new TextEncoder().encode('a secret probe');

  it('opens for the key and the purpose it was sealed for', async () => {
    const pair = await sealingKeyPair(SEED);
    const sealed = await seal(pair.publicKey, text, 'oml/test');
    expect(await openSealed(pair, sealed, 'oml/test')).toEqual(text);
  });

  it('refuses another purpose, another key and a changed byte', async () => {
    const pair = await sealingKeyPair(SEED);
    const outsider = await sealingKeyPair(`0x${'22'.repeat(32)}`);
    const sealed = await seal(pair.publicKey, text, 'oml/test');
    await expect(openSealed(pair, sealed, 'oml/other')).rejects.toMatchObject({ code: 'EDITION_INVALID' });
    await expect(openSealed(outsider, sealed, 'oml/test')).rejects.toMatchObject({ code: 'EDITION_INVALID' });
    sealed[40]! ^= 1;
    await expect(openSealed(pair, sealed, 'oml/test')).rejects.toMatchObject({ code: 'EDITION_INVALID' });
  });
});

function catchError(work: () => unknown): OmlError {
  try {
    work();
  } catch (error) {
    return error as OmlError;
  }
  throw new Error('nothing was thrown');
}
