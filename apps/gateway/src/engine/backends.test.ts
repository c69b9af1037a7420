import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { endEvents, sendJson, startEngine, STREAMS, type FakeEngine } from '../../test-support/engines.ts';
import { gatewayEnv, startGateway, type RunningGateway } from '../../test-support/host-fixture.ts';
import { buyAt, completionAt, openScene, type Scene } from '../../test-support/scene.ts';
import { readBackends } from './backends.ts';

const scratch = mkdtempSync(join(tmpdir(), 'oml-backends-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const write = (content: unknown): string => {
  const path = join(scratch, 'backends.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};
const vllm = { kind: 'openai', dialect: 'vllm', url: 'http://10.0.0.7:8000/v1/', model: 'served' };

describe('the file of the backends', () => {
  it('says which models other engines run, and where their keys lie', () => {
    writeFileSync(join(scratch, 'key'), 'sk-1\n', { mode: 0o600 });
    const oip = { kind: 'oip', url: 'http://triton:8000', model: 'digits', timeoutMs: 1_000 };
    const backends = readBackends(write({ fable: { ...vllm, apiKeyFile: 'key' }, 7: oip }));
    expect(backends.get('fable')).toMatchObject({ url: 'http://10.0.0.7:8000/v1', apiKey: 'sk-1', timeoutMs: 60_000 });
    expect(backends.get('7')).toMatchObject({ kind: 'oip', timeoutMs: 1_000 });
    expect(readBackends(undefined).size).toBe(0);
  });

  it('is refused with a sentence, and never with a key', () => {
    writeFileSync(join(scratch, 'open'), 'sk-2');
    chmodSync(join(scratch, 'open'), 0o644);
    const refused: [unknown, RegExp][] = [
      ['{', /no file that holds JSON/],
      [{ fable: { ...vllm, dialect: 'tgi' } }, /fable\.dialect/],
      [{ fable: { ...vllm, url: 'file:///etc/passwd' } }, /fable\.url/],
      [{ fable: { ...vllm, timeout: 1 } }, /timeout/],
      [{ fable: { ...vllm, apiKeyFile: 'open' } }, /chmod 600/],
      [{ fable: { ...vllm, apiKeyFile: 'none' } }, /ENOENT/],
    ];
    for (const [content, why] of refused)
      expect(() => readBackends(write(content))).toThrow(
        expect.objectContaining({ code: 'ENV_INVALID', message: expect.stringMatching(why) }),
      );
    expect(() => readBackends(write({ fable: { ...vllm, apiKeyFile: 'open' } }))).not.toThrow('sk-2');
  });
});

describe('a gateway before another engine', () => {
  let scene: Scene;
  let fake: FakeEngine;
  let gateway: RunningGateway | undefined;
  beforeAll(async () => {
    scene = await openScene();
    fake = await startEngine((_, response) => sendJson(response, 503, { error: { type: 'unavailable_error' } }));
  });
  afterEach(async () => {
    await gateway?.stop();
    gateway = undefined;
  });
  afterAll(async () => {
    await fake?.stop();
    await scene?.chain.stop();
  });
  const start = async (backends: unknown, loops = false) => {
    gateway = await startGateway(gatewayEnv(scene.chain, [scene.listing], { BACKENDS: write(backends) }), { loops });
    return gateway.url;
  };
  const served = () => ({ 'fable-mini': { ...vllm, url: `${fake.url}/v1` } });
  const works = () =>
    void (fake.answer = (_, response) =>
      endEvents(response, STREAMS.vllm([' a', ' fox'], { prompt_tokens: 5, completion_tokens: 2 })));

  it('is not ready and asks for no payment until the engine has answered a test', async () => {
    const url = await start(served(), true);
    const detail = "fable-mini: The model's engine refused the call with 503 (unavailable_error).";
    const before = await fetch(`${url}/ready`);
    expect([before.status, await before.json()]).toEqual([503, { ready: false, code: 'UNAVAILABLE', detail }]);
    const { url: path, body } = completionAt(url);
    const refused = await fetch(path, { method: 'POST', body: JSON.stringify(body) });
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10']);
    expect(await refused.json()).toMatchObject({ error: { code: 'UNAVAILABLE' } });
    works();
    await expect.poll(async () => (await fetch(`${url}/ready`)).status, { timeout: 180_000 }).toBe(200);
  });

  it('sells the engine’s answer, in its own count of tokens', async () => {
    works();
    const url = await start(served());
    const paid = await buyAt(scene.chain, url);
    expect(paid).toMatchObject({ text: ' a fox' });
  });

  it('sells nothing after an engine failed under a call, until it answers again', async () => {
    works();
    const url = await start(served());
    const { answer } = fake;
    fake.answer = (_, response) => void response.destroy();
    await expect(buyAt(scene.chain, url)).rejects.toThrow();
    const detail = "fable-mini: The model's engine does not answer.";
    expect(await (await fetch(`${url}/ready`)).json()).toEqual({ ready: false, code: 'UNAVAILABLE', detail });
    fake.answer = answer;
    const { url: path, body } = completionAt(url);
    expect((await fetch(path, { method: 'POST', body: JSON.stringify(body) })).status).toBe(503);
  });

  it('does not start with a backend for nobody, or for a model of another kind', async () => {
    await expect(start({ fables: vllm })).rejects.toMatchObject({ code: 'ENV_INVALID' });
    const oip = { kind: 'oip', url: fake.url, model: 'x' };
    await expect(start({ [String(scene.listing.licenseId)]: oip })).rejects.toMatchObject({ code: 'ENV_INVALID' });
  });
});
