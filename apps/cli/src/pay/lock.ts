import { OmlError } from '@oml/protocol/error';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Locks of this process. */
const held = new Set<string>();

/**
 * Keeps a folder for one process: budgets and channels are counted by whoever has it. Throws CONFLICT where another
 * process does; one that is gone has left nothing that matters, nor has one of this number: in a container all have it.
 */
export function lockFolder(folder: string): () => void {
  const file = join(folder, 'lock');
  for (let tries = 0; ; tries++) {
    try {
      writeWhole(file, String(process.pid));
      held.add(file);
      return () => {
        held.delete(file);
        rmSync(file, { force: true });
      };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const pid = Number(readFileSync(file, 'utf8'));
      if (tries > 0 || (pid === process.pid ? held.has(file) : isRunning(pid)))
        throw new OmlError(
          'CONFLICT',
          `Process ${pid} pays out of ${folder} already: use that one, or another folder with --dir.`,
        );
      rmSync(file, { force: true });
    }
  }
}

/** Throws EEXIST. Nobody ever finds it without its content. */
function writeWhole(file: string, text: string): void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    linkSync(draft, file);
  } finally {
    rmSync(draft);
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
