import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { sendUpload } from '@oml/sdk/upload';
import { freePort } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OWNER } from '../../test-support/actors.ts';
import { digestOf, PUBLISHER, REGISTRY } from '../../test-support/upload-scene.ts';

const PATIENCE_MS = 600_000;
const folder = mkdtempSync(join(tmpdir(), 'upload-process-'));
let publisher: string;
let port: number;
let child: ChildProcess;
let ended: Promise<unknown>;

async function start(): Promise<void> {
  const script = join(import.meta.dirname, '../../test-support/upload-process.ts');
  child = spawn(process.execPath, [script, String(port), folder], { stdio: 'inherit' });
  ended = once(child, 'exit');
  const answers = () =>
    fetch(`${publisher}/health`).then(
      ({ ok }) => ok || undefined,
      () => undefined,
    );
  await until('the process', answers, { timeoutMs: PATIENCE_MS });
}

beforeAll(async () => {
  port = await freePort();
  publisher = `http://127.0.0.1:${port}`;
  await start();
}, PATIENCE_MS);
afterAll(() => void child?.kill('SIGKILL'));

async function uploadOf(bytes: Uint8Array<ArrayBuffer>) {
  const uploadId = digestOf(bytes);
  const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
  const files = [{ uploadId, bytes: bytes.length }];
  const permission = { signer: OWNER.address, publisher: PUBLISHER, files, expiresAt };
  const signature = await OWNER.signTypedData(uploadPermissionTypedData(permission, REGISTRY));
  return { publisher, file: new Blob([bytes]), uploadId, permission, signature, pauseMs: 100 };
}
const peakKb = async () => ((await (await fetch(`${publisher}/rss`)).json()) as { peak: number }).peak;

describe('a publisher’s process', { timeout: PATIENCE_MS }, () => {
  it('that is killed in the middle of an upload goes on with what it held', async () => {
    const upload = await uploadOf(new Uint8Array(randomBytes(40 << 20)));
    const told: number[] = [];
    const onHeld = (held: number) => {
      told.push(held);
      if (told.length === 3) child.kill('SIGKILL');
    };
    await expect(sendUpload({ ...upload, onHeld, pauseMs: 1 })).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await ended;
    await start();
    const after: number[] = [];
    await sendUpload({ ...upload, onHeld: (held) => after.push(held) });
    expect(after[0]).toBeGreaterThanOrEqual(told[2]!);
    expect(after.at(-1)).toBe(40 << 20);
    expect(readdirSync(join(folder, 'drafts'))).toEqual([]);
  });

  it('holds little of what is uploaded in memory', async () => {
    const before = await peakKb();
    const files = Array.from({ length: 4 }, () => new Uint8Array(randomBytes(64 << 20)));
    await Promise.all(files.map(async (bytes) => sendUpload(await uploadOf(bytes))));
    expect((await peakKb()) - before).toBeLessThan(160 << 10);
  });
});
