import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A guide of the repository without its heading. Next runs in the folder of this app. */
export async function readGuide(name: string, app = process.cwd()): Promise<{ title: string; text: string }> {
  const [, title = name, text = ''] =
    /^# (.+)\n([\s\S]*)$/.exec(await readFile(join(app, '../../docs/guides', `${name}.md`), 'utf8')) ?? [];
  return { title, text };
}
