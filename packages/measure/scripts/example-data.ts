// The data of docs/guides/measurements.md, out of what lies in the repository: node
// packages/measure/scripts/example-data.ts FOLDER
import { seededRandom } from '@oml/onnx/seeded-random';
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stories } from '../test-support/fable-stories.ts';
import { nextWordItems } from '../test-support/next-word-items.ts';
import { shiftedImages } from '../test-support/shifted-items.ts';

const ROOT = join(import.meta.dirname, '../../..');
const [folder] = process.argv.slice(2);
if (!folder) {
  console.error('node packages/measure/scripts/example-data.ts FOLDER');
  process.exit(2);
}

function write(path: string, contents: string | Uint8Array): void {
  mkdirSync(dirname(join(folder!, path)), { recursive: true });
  writeFileSync(join(folder!, path), contents);
}

const texts = (pattern: string): string =>
  globSync(pattern, { cwd: ROOT })
    .toSorted()
    .map((file) => readFileSync(join(ROOT, file), 'utf8'))
    .join('\n');

const fables = await stories('ordinary');
write('mixture/fables.txt', fables.join('\n\n'));
write('mixture/guides.md', texts('docs/{guides,decisions}/*.md'));
write('mixture/solidity.sol', texts('contracts/src/**/*.sol'));
write('mixture/typescript.ts', texts('packages/{protocol,onnx}/src/**/*.ts'));

const [pixels, labels] = ['heldout.u8', 'heldout.labels.u8'].map(
  (name) => new Uint8Array(readFileSync(join(ROOT, 'models/digits', name))),
);
const shifted = shiftedImages(pixels!, 28, { most: 7, noise: 160, seed: 1 });
const half = labels!.length >> 1;
write('calibration/heldout.u8', shifted.subarray(0, half * 784));
write('calibration/heldout.labels.u8', labels!.subarray(0, half));
write('calibration/test.u8', shifted.subarray(half * 784));
write('calibration/test.labels.u8', labels!.subarray(half));

/** What comes next in stories that fable has not seen, one of four; and their next word. */
const unseen = await stories('heldout');
const random = seededRandom(1);
const sentences = unseen.map((text) => text.split(/(?<=[.!?]"?) /).filter((each) => each.length > 20));
const any = (): string => {
  const story = sentences[Math.floor(random() * sentences.length)]!;
  return story[Math.floor(random() * story.length)] ?? any();
};
const follows = sentences.flatMap((story) => {
  if (story.length < 3) return [];
  const gold = Math.floor(random() * 4);
  const choices = Array.from({ length: 4 }, (_, i) => (i === gold ? story[2]! : any()));
  return [{ query: `${story[0]} ${story[1]}`, choices, gold }];
});
const words = unseen.map((text) => text.split(' '));
const nexts = words.map((story) => ({ context: story.slice(0, 12).join(' '), continuation: story[12]! }));
const lines = (items: readonly object[]): string => items.map((item) => JSON.stringify(item)).join('\n');
write('suite/follows.jsonl', lines(follows));
write('suite/next-word.jsonl', lines(nexts));
write(
  'suite/suite.yaml',
  `icl_tasks:
- label: what follows
  dataset_uri: follows.jsonl
  num_fewshot: [0]
  icl_task_type: multiple_choice
- label: next word
  dataset_uri: next-word.jsonl
  num_fewshot: [0]
  icl_task_type: language_modeling
`,
);
write('protected/stories.txt', fables.slice(0, 60).join('\n\n'));

/** Beginnings of stories that fable has not seen, and the stories that it has read to look up what it writes. */
const beginnings = words
  .slice(0, 40)
  .map((story, i) => ({ topic: `story ${i + 1}`, prompt: story.slice(0, 12).join(' ') }));
write('factual/prompts.jsonl', lines(beginnings));
write('factual/knowledge/stories.txt', fables.join('\n\n'));

write('gap/items.jsonl', lines(nextWordItems(unseen, fables, random)));
