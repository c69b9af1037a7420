import { formatDollars } from '@oml/protocol/money';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { controlsOf } from '../../test-support/chain-fixture.ts';
import { openPayScene, servePay, type PayScene } from '../../test-support/pay-fixture.ts';
import { PRICE, PROMPT } from '../../test-support/scene.ts';

let scene: PayScene;
let served: Awaited<ReturnType<typeof servePay>>;
let openai: OpenAI;

beforeAll(async () => {
  scene = await openPayScene();
});
afterAll(() => scene?.stop());

const model = 'fable-mini';
const asked = { model, prompt: PROMPT, max_tokens: 6, temperature: 0 };
const messages = [{ role: 'user' as const, content: PROMPT }];
const tokenOf = (file: string) => readFileSync(file, 'utf8').trim();
const clientOf = (apiKey: string) => new OpenAI({ apiKey, baseURL: served.url });
interface Kept {
  receipts: {
    amount: string;
    model: string;
    licenseId: string;
    paymentRef: string;
    receipt: unknown;
    nonceSalt: string;
  }[];
}
/** As the proxy lists them to whoever has the token. */
const receipts = async () => {
  const headers = { authorization: `Bearer ${tokenOf(served.tokenFile)}` };
  return ((await (await fetch(`${served.url}/receipts`, { headers })).json()) as { data: Kept['receipts'] }).data;
};

describe('from nothing to a paid answer, by the guide alone', () => {
  it('makes keys that nobody else can read, and is given dollars of the development chain', async () => {
    const made = await scene.oml('keys');
    expect([made.status, made.err]).toEqual([0, '']);
    expect(made.out).toMatch(/send dollars to 0x[0-9a-fA-F]{40}/);
    for (const path of ['password', 'keys/buyer.json', 'keys/session.json'])
      expect(statSync(join(scene.dir, path)).mode & 0o777).toBe(0o600);
    const funded = await scene.oml('fund', ...scene.where, '--amount', '5');
    expect(funded.out).toMatch(/^0x[0-9a-fA-F]{40} has \$5/);
  });

  it('serves on loopback, with a token and a budget', async () => {
    served = await servePay(scene, '--per-day', '0.012', '--deposit', '0.03');
    expect(served.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v1$/);
    expect(statSync(served.tokenFile).mode & 0o777).toBe(0o600);
    openai = clientOf(tokenOf(served.tokenFile));
  });

  it('lists models with their prices to the official client', async () => {
    const { data } = await openai.models.list();
    expect(data).toMatchObject([
      { id: model, object: 'model', kind: 'language', price: String(PRICE), hosts: [{ url: scene.gateway.url }] },
    ]);
    expect(await openai.models.retrieve(model)).toMatchObject({ model_id: String(scene.listing.modelId) });
  });

  it('answers it: whole, streamed and in a conversation, and keeps every receipt', async () => {
    const whole = await openai.completions.create(asked);
    let text = '';
    for await (const event of await openai.completions.create({ ...asked, stream: true }))
      text += event.choices?.[0]?.text ?? '';
    expect(text).toBe(whole.choices[0]!.text);
    const chat = await openai.chat.completions.create({ model, messages, max_tokens: 4 });
    expect(chat.choices[0]!.message.content).toBeTypeOf('string');
    const kept = await receipts();
    expect(kept.map(({ amount }) => amount)).toEqual([PRICE, PRICE, PRICE].map(String));
    expect(kept.map(({ licenseId }) => licenseId)).toEqual(Array(3).fill(String(scene.listing.licenseId)));
    // Out of one channel, whose key the receipts name; each opens its nonce.
    expect(new Set(kept.map(({ paymentRef }) => paymentRef)).size).toBe(1);
    for (const { receipt, nonceSalt } of kept) {
      expect(receiptFromJson(receipt).receipt.client).toMatch(/^0x/);
      expect(nonceSalt).toMatch(/^0x[0-9a-f]{64}$/);
    }
    expect(JSON.parse((await scene.oml('receipts', '--json')).out)).toEqual({ receipts: kept });
    expect(statSync(join(scene.dir, 'data/receipts.jsonl')).mode & 0o777).toBe(0o600);
  });

  it('pays for the example of the guide', async () => {
    const example = join(import.meta.dirname, '../../../../docs/guides/examples/openai.mjs');
    const env = { ...process.env, OPENAI_BASE_URL: served.url, OPENAI_API_KEY: tokenOf(served.tokenFile) };
    const { stdout } = await promisify(execFile)(process.execPath, [example], { env });
    expect(stdout).toMatch(/completion_tokens: 24/);
  });

  it('answers several at once, out of a channel each', async () => {
    const all = await Promise.all([1, 2, 3].map((seed) => openai.completions.create({ ...asked, seed })));
    expect(all).toHaveLength(3);
    expect(new Set((await receipts()).map(({ paymentRef }) => paymentRef)).size).toBeGreaterThan(1);
  });

  it('refuses in OpenAI’s words, and pays nothing then', async () => {
    const before = (await receipts()).length;
    const refused = async (work: Promise<unknown>, as: object) => expect(work).rejects.toMatchObject(as);
    await refused(openai.completions.create({ ...asked, echo: true }), {
      status: 400,
      param: 'echo',
      code: 'REQUEST_INVALID',
    });
    await refused(openai.completions.create({ ...asked, model: 'gpt-9' }), { status: 404, code: 'NOT_FOUND' });
    await refused(clientOf('guessed').completions.create(asked), { status: 401, code: 'UNAUTHORIZED' });
    const page = await fetch(`${served.url}/models`, { headers: { origin: 'https://evil.example' } });
    expect([page.status, page.headers.get('access-control-allow-origin')]).toEqual([401, null]);
    expect(await receipts()).toHaveLength(before);
  });

  it('stops at its budget, whatever comes at once', async () => {
    const left = 8 - (await receipts()).length; // of 0.012 dollars at 0.0015 a call
    const all = await Promise.allSettled(
      Array.from({ length: left + 2 }, (_, seed) => openai.completions.create({ ...asked, seed: 100 + seed })),
    );
    const codes = all.map((each) =>
      each.status === 'fulfilled' ? 'answered' : (each.reason as { code: string }).code,
    );
    expect(codes.toSorted()).toEqual(['BUDGET_SPENT', 'BUDGET_SPENT', ...Array(left).fill('answered')]);
    expect(served.said()).toMatch(/100 % of the budget of this day/);
  });

  it('has its folder for itself, survives a kill, and counts on where it stopped', async () => {
    const second = await scene.oml('serve', '--port', '0');
    expect([second.status, second.err]).toEqual([1, expect.stringMatching(/^CONFLICT: Process \d+ pays out of/)]);
    const gone = new Promise((resolve) => served.child.once('close', resolve));
    served.child.kill('SIGKILL');
    await gone;
    expect(existsSync(join(scene.dir, 'data/lock'))).toBe(true);
    served = await servePay(scene, '--per-day', '0.012');
    openai = clientOf(tokenOf(served.tokenFile));
    await expect(openai.completions.create(asked)).rejects.toMatchObject({ status: 402, code: 'BUDGET_SPENT' });
  });

  it('takes back what is left in its channels', async () => {
    served.child.kill('SIGTERM');
    await new Promise((resolve) => served.child.once('close', resolve));
    const leave = async (...args: string[]) => {
      const { status, out } = await scene.oml('leave', '--json', ...args);
      return { status, channels: (JSON.parse(out) as { channels: { refunded: string; why?: string }[] }).channels };
    };
    const nowhere = await leave('--host', 'http://127.0.0.1:1');
    expect([nowhere.status, nowhere.channels.length > 1]).toEqual([1, true]);
    for (const { why } of nowhere.channels) expect(why).toMatch(/offers nothing just now/);
    const { status, channels } = await leave('--at-once', '1');
    expect([status, channels.length]).toEqual([0, nowhere.channels.length]);
    expect(channels.reduce((sum, { refunded }) => sum + BigInt(refunded), 0n)).toBeGreaterThan(0n);
    expect(await leave()).toEqual({ status: 0, channels: [] });
  });

  it('takes back past a dead host what was in its channel, after the delay', async () => {
    served = await servePay(scene, '--per-day', '1', '--deposit', '0.03');
    await clientOf(tokenOf(served.tokenFile)).completions.create(asked);
    served.child.kill('SIGTERM');
    await new Promise((resolve) => served.child.once('close', resolve));
    const past = async () => {
      const { status, out } = await scene.oml('leave', '--past-hosts', '--json', '--host', 'http://127.0.0.1:1');
      return { status, withdrawn: (JSON.parse(out) as { withdrawn: Record<string, string>[] }).withdrawn };
    };
    const left = String(30_000n - PRICE);
    expect(await past()).toMatchObject({ status: 0, withdrawn: [{ asked: left, tx: expect.stringMatching(/^0x/) }] });
    const waiting = await past();
    expect(waiting.withdrawn).toMatchObject([{ asked: left, ripeAt: expect.stringMatching(/^20\d\d-.*Z$/) }]);
    expect(waiting.withdrawn[0]).not.toHaveProperty('tx');
    // Nothing else uses this chain's clock any more.
    const controls = controlsOf(scene.chain);
    await controls.increaseTime({ seconds: 2 * 86_400 + 60 });
    await controls.mine({ blocks: 1 });
    expect(await past()).toMatchObject({ status: 0, withdrawn: [{ taken: left }] });
    expect(await past()).toEqual({ status: 0, withdrawn: [] });
  });

  it('keeps a budget, and adds up what was bought, for people and for spreadsheets', async () => {
    const bought = (JSON.parse((await scene.oml('receipts', '--json', '--last', '1000')).out) as Kept).receipts;
    expect((await scene.oml('budget', '--per-day', '0.5', '--per-month', '7')).status).toBe(0);
    const { day, month } = JSON.parse((await scene.oml('budget', '--json')).out) as Record<string, { limit: string }>;
    expect([day!.limit, month!.limit]).toEqual(['500000', '7000000']);
    expect(await scene.oml('budget', '--per-day', 'much')).toMatchObject({ status: 1 });
    const csv = (await scene.oml('receipts', '--csv')).out.split('\r\n');
    expect(csv[0]).toMatch(/^at,model,modelId,licenseId,host,amount,paymentRef,/);
    expect([csv.length, csv[1]!.split(',')[5]]).toEqual([bought.length + 2, '0.0015']);
    const at = new Date(csv[1]!.split(',')[0]!).toISOString().slice(0, 7);
    const invoice = JSON.parse((await scene.oml('invoice', '--month', at, '--json')).out) as {
      lines: { amount: string; model: string }[];
    };
    expect(invoice).toMatchObject({ month: at, answers: bought.length, lines: [{ model }] });
    const paid = bought.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    expect(invoice.lines[0]!.amount).toBe(formatDollars(paid));
  });
});
