import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostFolder } from '../host/folder.ts';

/** What clients show, so that nobody else on this machine spends the budget. */
export function tokenIn(folder: HostFolder): { token: string; file: string } {
  const file = join(folder.path, 'token');
  if (!existsSync(file)) {
    folder.make();
    writeFileSync(file, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' });
  }
  return { token: readFileSync(file, 'utf8').trim(), file };
}

/** Does an Authorization header show it? */
export function isToken(header: string | undefined, token: string): boolean {
  const [given, wanted] = [Buffer.from(header ?? ''), Buffer.from(`Bearer ${token}`)];
  return given.length === wanted.length && timingSafeEqual(given, wanted);
}
