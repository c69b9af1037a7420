import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { scattered } from '@oml/onnx/test-support/external-data';
import { createHash } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { HEADERS } from '@oml/protocol/wire/headers';
import { readPermissionHeader } from '@oml/protocol/wire/upload';
import { deploymentSchema } from '@oml/protocol/chain/deployment';

const DIGITS = new URL('../../../models/digits/', import.meta.url).pathname;
const KEY = `0x${'ab'.repeat(32)}`;

/** Lets publish whom it is told to, takes uploads as a publisher does, and refuses every order. */
const uploads: Uint8Array[] = [];
const asked: string[] = [];
let may = true;
let server: Server;
let scratch: string;
beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'oml-publish-'));
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { method, url = '' } = request;
      asked.push(`${method} ${url.split('/')[1]}`);
      response.setHeader('content-type', 'application/json');
      const answer = (body: object) => response.end(JSON.stringify(body));
      if (url.startsWith('/owners/')) {
        const rule = { by: 'invitation', deposit: null, contact: 'a@b.example', address: url.slice('/owners/'.length) };
        return answer({ ...rule, may, why: may ? null : 'By invitation. Ask a@b.example.' });
      }
      if (!url.startsWith('/uploads/')) return void response.writeHead(400).end('{}');
      const bytes = new Uint8Array(Buffer.concat(parts));
      const permission = readPermissionHeader(String(request.headers[HEADERS.uploadPermission]));
      const file = permission.files.find(({ uploadId }) => url.endsWith(uploadId))!;
      if (method === 'GET') return answer({ ...file, held: 0 });
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(file.uploadId);
      uploads.push(bytes);
      return answer({ ...file, held: bytes.length });
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
});
afterAll(() => {
  server.close();
  rmSync(scratch, { recursive: true });
});

/** Runs the command on the folder; what it said. */
async function publish(more: readonly string[] = []): Promise<string> {
  const names = Object.keys(deploymentSchema.shape.contracts.shape);
  const contracts = Object.fromEntries(names.map((name) => [name, `0x${'11'.repeat(20)}`]));
  const deployment = join(scratch, 'deployment.json');
  writeFileSync(deployment, JSON.stringify({ chainId: 31337, deployedAtBlock: 0, contracts }));
  const { port } = server.address() as AddressInfo;
  const where = ['--publisher', `http://127.0.0.1:${port}`, '--dir', scratch, ...more];
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, 'publish.ts'), ...where, '--name', 'split', '--kind', 'classifier'],
    { env: { ...process.env, OWNER_KEY: KEY, OML_DEPLOYMENT: deployment }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let err = '';
  child.stderr.on('data', (text: Buffer) => (err += String(text)));
  await once(child, 'exit');
  return err;
}

it('uploads one file, whichever files the weights of the model and of its panel lie in', async () => {
  const whole = new Uint8Array(readFileSync(join(DIGITS, 'model.onnx')));
  const { model, files } = scattered(whole, (i) => `weights/${i % 2}.bin`);
  mkdirSync(join(scratch, 'weights'));
  for (const [name, bytes] of [['model.onnx', model] as const, ...files]) writeFileSync(join(scratch, name), bytes);
  const err = await publish(['--panel', DIGITS]);
  // The model and the panel's are of the same weights, and need not be of the same bytes.
  expect(uploads.length, err).toBeGreaterThanOrEqual(1);
  for (const bytes of uploads)
    expect(await weightsDigest(readModel(bytes))).toBe(await weightsDigest(readModel(whole)));
  expect(asked[0]).toBe('GET owners');
  // A classifier cannot be hardened: said before anything is uploaded, with what it is not for.
  expect(err).toMatch(/^profile fast: about \d+ seconds[^]*^warning: the profile fast is not for hostile hosts/m);
});

it('refuses a profile that there is none of before it uploads anything', async () => {
  asked.length = 0;
  expect(await publish(['--profile', 'soft'])).toMatch(/REQUEST_INVALID: --profile is one of fast, hardened, anchored/);
  expect(asked).not.toContain('PUT uploads');
});

it('hears that its owner may not publish there before it uploads anything', async () => {
  may = false;
  asked.length = 0;
  expect(await publish()).toMatch(/^UNAUTHORIZED: By invitation\. Ask a@b\.example\.$/m);
  expect(asked).toEqual(['GET owners']);
});

it('refuses a price that looks like a slip before it asks anybody', async () => {
  may = true;
  asked.length = 0;
  for (const [flag, price, why] of [
    ['--floor-price', '2000000000', /\$2000\.00 is 2000000 times/],
    ['--derive-price', String(10n ** 18n), /\$1000000000000\.00/],
  ] as const)
    expect(await publish([flag, price])).toMatch(why);
  expect(asked).toEqual([]);
  await publish(['--floor-price', '2000000000', '--force']);
  expect(asked[0]).toBe('GET owners');
});
