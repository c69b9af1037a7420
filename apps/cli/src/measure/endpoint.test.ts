import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../cli.ts';

const RELEASE = `0x${'ab'.repeat(32)}`;
const SUITE = `icl_tasks:
- label: capitals
  dataset_uri: capitals.jsonl
  num_fewshot: [0]
  icl_task_type: generation_task_with_answers
`;
const CAPITALS = [
  { context: 'The capital of France is', answer: 'Paris' },
  { context: 'The capital of Peru is', answer: 'Lima' },
];

/** What the scripted endpoint says: it knows one capital, and judges by its knowledge of French ones. */
function said(body: string): string {
  if (body.includes('independent facts')) return 'Paris lies in France.\n- Paris lies in Peru.';
  if (body.includes('True or False')) return body.includes('Paris lies in France. True') ? ' True' : ' False';
  if (body.includes('Tell me')) return ' Paris lies in France, and in Peru.';
  return body.includes('France') ? ' Paris, of course' : ' Cusco';
}

let server: Server;
let [folder, url] = ['', ''];
let status = 200;
const asked: { headers: Record<string, unknown>; body: Record<string, unknown> }[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => void (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ headers: request.headers, body: JSON.parse(body) as Record<string, unknown> });
      const text = said(body);
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ choices: [{ text }] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  folder = await mkdtemp(join(tmpdir(), 'oml-suite-'));
  await writeFile(join(folder, 'suite.yaml'), SUITE);
  await writeFile(join(folder, 'capitals.jsonl'), CAPITALS.map((item) => JSON.stringify(item)).join('\n'));
});
afterAll(async () => {
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

async function oml(...argv: string[]) {
  let out = '';
  const terminal = { write: (text: string) => void (out += text), tell: () => {}, isTerminal: false };
  const code = await runCli(['measure', ...argv, '--json'], terminal);
  return { code, value: JSON.parse(out) as Record<string, unknown> };
}

describe('oml measure of an endpoint', () => {
  it('asks it greedily by its name, with its key, and checks what was said', async () => {
    const [key, file] = [join(folder, '../oml-suite.key'), join(folder, '../oml-suite.json')];
    await writeFile(key, 'secret\n');
    const how = ['--data', folder, '--model', 'm', '--api-key-file', key];
    const told = await oml('suite', url, ...how, '--release', RELEASE, '--out', file);
    expect(told).toMatchObject({ code: 0, value: { measurement: { target: 'endpoint', release: RELEASE } } });
    const { figures, command } = told.value['measurement'] as {
      figures: { name: string; value: number }[];
      command: string;
    };
    expect(figures[0]).toMatchObject({ name: 'core', value: 0.5 });
    expect(command).not.toContain('key');
    expect(asked[0]!.headers['authorization']).toBe('Bearer secret');
    expect(asked[0]!.body).toMatchObject({ model: 'm', prompt: CAPITALS[0]!.context, temperature: 0, max_tokens: 32 });
    expect(await oml('check', file, url, ...how)).toMatchObject({ code: 0, value: { verdict: 'equal' } });
    await Promise.all([rm(key), rm(file)]);
  });

  it.each([
    [402, 1, 'UNAUTHORIZED'],
    [503, 75, 'UNAVAILABLE'],
    [400, 1, 'REQUEST_INVALID'],
  ])('says what to do where it answers %i', async (answer, code, name) => {
    status = answer;
    const told = await oml('suite', url, '--data', folder, '--release', RELEASE);
    status = 200;
    expect(told).toMatchObject({ code, value: { error: { code: name } } });
  });

  it('lets another model judge what it wrote, and names it', async () => {
    const data = join(folder, '../oml-facts');
    await mkdir(join(data, 'knowledge'), { recursive: true });
    await writeFile(join(data, 'knowledge/Paris.txt'), 'Paris is the capital of France.');
    await writeFile(join(data, 'prompts.jsonl'), JSON.stringify({ topic: 'Paris', prompt: 'Tell me of Paris.' }));
    const file = join(folder, '../oml-facts.json');
    const judging = ['--data', data, '--judge', url, '--judge-model', 'judge'];
    const told = await oml('factual-precision', url, ...judging, '--release', RELEASE, '--out', file);
    expect(told).toMatchObject({
      code: 0,
      value: { measurement: { settings: { judge: `judge at ${new URL(url).origin}` } } },
    });
    const { figures, command } = told.value['measurement'] as { figures: { value: number }[]; command: string };
    expect(figures[1]!.value).toBe(0.5);
    expect(command).toContain('--judge-model judge');
    expect(asked.at(-1)!.body).toMatchObject({ model: 'judge' });
    expect(await oml('check', file, url, ...judging)).toMatchObject({ code: 0, value: { verdict: 'equal' } });
    const refused = { code: 1, value: { error: { code: 'REQUEST_INVALID' } } };
    expect(await oml('check', file, url, '--data', data)).toMatchObject(refused);
    expect(await oml('factual-precision', url, '--data', data, '--judge-model', 'x')).toMatchObject(refused);
    await Promise.all([data, file].map((path) => rm(path, { recursive: true })));
  });

  it('wants to know which release that is, and which models it can look into', async () => {
    const error = { code: 1, value: { error: { code: 'REQUEST_INVALID' } } };
    expect(await oml('suite', url, '--data', folder)).toMatchObject(error);
    expect(await oml('calibration', url, '--data', folder)).toMatchObject(error);
  });
});
