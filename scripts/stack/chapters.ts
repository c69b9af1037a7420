import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { inState } from './layout.ts';

const path = () => inState('story.json');
let told: Record<string, unknown> | undefined;

function read(): Record<string, unknown> {
  return (told ??= existsSync(path()) ? (JSON.parse(readFileSync(path(), 'utf8')) as Record<string, unknown>) : {});
}

/** Tells a chapter once: its result is kept on disk, so that a second start goes on where the first one stopped. */
export async function chapter<Result>(name: string, tell: () => Promise<Result>): Promise<Result> {
  const chapters = read();
  if (name in chapters) return chapters[name] as Result;
  const result = await tell();
  chapters[name] = result ?? null;
  // Written beside and renamed: a kill in between leaves the old story, never half of one.
  writeFileSync(`${path()}.next`, JSON.stringify(chapters, null, 2));
  renameSync(`${path()}.next`, path());
  return result;
}

/** What an earlier chapter left, if it was told, by this process or another. */
export function toldChapter<Result>(name: string): Result | undefined {
  if (!(name in read())) told = undefined;
  return read()[name] as Result | undefined;
}
