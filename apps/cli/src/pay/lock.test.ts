import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { lockFolder } from './lock.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'lock-'))));
const leave = (pid: number | string) => writeFileSync(join(folder, 'lock'), String(pid));

describe('lockFolder', () => {
  it('keeps a folder for whoever was first, until that lets it go', () => {
    const unlock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(`Process ${process.pid} pays out of ${folder} already`);
    unlock();
    expect(readdirSync(folder)).toEqual([]);
    lockFolder(folder)();
  });

  it('leaves it to another process that runs', () => {
    leave(process.ppid);
    expect(() => lockFolder(folder)).toThrow(expect.objectContaining({ code: 'CONFLICT' }) as Error);
    expect(readdirSync(folder)).toEqual(['lock']);
  });

  it.each([
    ['is gone', 2 ** 30],
    ['had the number of this one, as in a container that was killed and started anew', process.pid],
    ['left nothing in it', ''],
  ])('takes it over from one that %s', (_, pid) => {
    leave(pid);
    const unlock = lockFolder(folder);
    expect(readFileSync(join(folder, 'lock'), 'utf8')).toBe(String(process.pid));
    unlock();
  });
});
