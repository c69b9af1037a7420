import { readModelAt } from '@oml/onnx/file/node-files';
import { readTextFiles } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { seededRandom } from '@oml/onnx/seeded-random';
import type { ReportRow } from '../../../scripts/bench/page-report.ts';
import { generationGap } from '../src/gap/generation-gap.ts';
import { measure } from '../src/measure.ts';
import { languageFile } from '../src/target/language-file.ts';
import { FABLE, stories } from '../test-support/fable-stories.ts';
import { nextWordItems } from '../test-support/next-word-items.ts';
import { COMMAND } from './command.ts';

/** What fable writes and what it tells apart, of the same next words of stories that it has not seen. */
export async function gapRows(): Promise<ReportRow[]> {
  const items = nextWordItems(await stories('heldout'), await stories('ordinary'), seededRandom(1));
  const data = new Map([['items.jsonl', Buffer.from(items.map((item) => JSON.stringify(item)).join('\n'))]]);
  const model = await readModelAt(FABLE);
  const target = await languageFile({ model, ...(await readTextFiles(FABLE)) }, nodeEngine());
  const occasion = { release: `0x${'00'.repeat(32)}`, target: 'file', dataName: 'words', command: COMMAND } as const;
  const { measurement } = await measure(generationGap, { target, data, settings: {} }, { ...occasion, measuredAt: 0 });
  await target.close();
  const value = (name: string) => measurement.figures.find((each) => each.name === name)!.value;
  const easy = value('tells apart, easy');
  const row = (metric: string, of: number, goal: string): ReportRow => ({
    metric: `measure.generation-gap.fable.${metric}`,
    value: Number(of.toFixed(3)),
    unit: 'share, 0 is guessing',
    target: goal,
    anchor: `${items.length} next words; arXiv 2311.00059, §3: the harder wrong answers are, the less is told apart`,
    command: `${COMMAND} -- gap --write`,
  });
  return [
    row('generates', value('generates'), 'shown'),
    row('tellsApartEasy', easy, 'shown'),
    row('tellsApartHard', value('tells apart, hard'), `below easy, ${easy.toFixed(3)}`),
  ];
}
