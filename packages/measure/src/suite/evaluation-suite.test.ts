import { openModelFolder, readTextFiles } from '@oml/onnx/model-folder';
import { readModelAt } from '@oml/onnx/file/node-files';
import type { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { expect, describe, it } from 'vitest';
import { measure } from '../measure.ts';
import { languageEndpoint } from '../target/language-endpoint.ts';
import { languageFile } from '../target/language-file.ts';
import type { LanguageTarget } from '../target/language-target.ts';
import { plain } from './answer-items.ts';
import { evaluationSuite } from './evaluation-suite.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const lines = (items: readonly object[]): Uint8Array => bytes(items.map((item) => JSON.stringify(item)).join('\n'));
const OCCASION = {
  release: `0x${'ab'.repeat(32)}`,
  target: 'file',
  dataName: 's',
  command: 'c',
  measuredAt: 0,
} as const;

const SUITE = `icl_tasks:
- label: colours
  dataset_uri: local/colours.jsonl
  num_fewshot: [0]
  icl_task_type: multiple_choice
  continuation_delimiter: "\\nAnswer: "
- label: who
  dataset_uri: local/who.jsonl
  num_fewshot: [0]
  icl_task_type: schema
- label: next
  dataset_uri: local/next.jsonl
  num_fewshot: [1]
  icl_task_type: language_modeling
- label: sums
  dataset_uri: local/sums.jsonl
  num_fewshot: [0]
  icl_task_type: generation_task_with_answers
  random_baseline: 0.2
`;
const FILES = new Map([
  ['suite.yaml', bytes(SUITE)],
  [
    'local/colours.jsonl',
    lines([
      { query: 'grass', choices: ['green', 'very very blue'], gold: 0 },
      { query: 'sky', choices: ['green', 'very very blue'], gold: 1 },
    ]),
  ],
  ['local/who.jsonl', lines([{ context_options: ['A cat', 'A stone'], continuation: 'sleeps.', gold: 0 }])],
  [
    'local/next.jsonl',
    lines([
      { context: 'one', continuation: 'two' },
      { context: 'three', continuation: 'four' },
    ]),
  ],
  [
    'local/sums.jsonl',
    lines([
      { context: '1+1=', answer: '2', aliases: ['Two'] },
      { context: '2+2=', answer: '4' },
    ]),
  ],
]);

/** A scripted model: chances by text, and what it was asked. */
function scripted() {
  const asked: string[] = [];
  const chances: Record<string, [logProb: number, tokens: number]> = {
    // The longer answer has less chance on the whole and more per token.
    'grass|\nAnswer: green': [-2, 1],
    'grass|\nAnswer: very very blue': [-3, 3],
    'sky|\nAnswer: green': [-2, 1],
    'sky|\nAnswer: very very blue': [-3, 3],
    'A cat| sleeps.': [-1, 2],
    'A stone| sleeps.': [-4, 2],
  };
  const target: LanguageTarget = {
    async score(context, continuation) {
      asked.push(`${context}|${continuation}`);
      const [logProb, tokens] = chances[`${context}|${continuation}`] ?? [-1, 1];
      return { logProb, tokens, isGreedy: continuation === ' two' };
    },
    async generate(prompt) {
      asked.push(prompt);
      return prompt === '1+1=' ? ' "Two", of course' : 'five';
    },
    close: async () => {},
  };
  return { target, asked };
}

describe('an evaluation suite', () => {
  it('gives the scores that were worked out by hand', async () => {
    const { target, asked } = scripted();
    const { measurement } = await measure(evaluationSuite, { target, data: FILES, settings: {} }, OCCASION);
    const values = Object.fromEntries(measurement.figures.map(({ name, value }) => [name, value]));
    // Colours: one of two right, guessing gives as much. Who: right. Next: one of two. Sums: one of two, guessing .2.
    expect(values).toEqual({
      core: expect.closeTo((0 + 1 + 0.5 + 0.375) / 4, 12),
      'colours (0-shot)': 0.5,
      'who (0-shot)': 1,
      'next (1-shot)': 0.5,
      'sums (0-shot)': 0.5,
      'colours (0-shot), centred': 0,
      'who (0-shot), centred': 1,
      'next (1-shot), centred': 0.5,
      'sums (0-shot), centred': expect.closeTo(0.375, 12),
    });
    expect(asked).toContain('three four\none| two');
    expect(asked).toContain('one two\nthree| four');
  });

  it('compares answers without case, articles and marks', () => {
    expect(plain('  The "Two", a dog!')).toBe('two dog');
  });

  it.each([
    ['no suite', [['suite.yaml', undefined]], 'The data have no suite.yaml'],
    ['YAML that is none', [['suite.yaml', bytes('a: [')]], 'suite.yaml is no YAML'],
    ['a task of another kind', [['suite.yaml', bytes(SUITE.replace('schema', 'chat'))]], 'icl_task_type'],
    ['a file that is not there', [['local/who.jsonl', undefined]], 'The data have no local/who.jsonl'],
    ['a line that is no JSON', [['local/who.jsonl', bytes('{"a":1}\n{')]], 'local/who.jsonl, line 1'],
    [
      'a gold beyond the choices',
      [['local/colours.jsonl', lines([{ query: 'q', choices: ['a', 'b'], gold: 2 }])]],
      'gold is 2, of 2 options',
    ],
    [
      'too few items for its examples',
      [['local/next.jsonl', lines([{ context: 'a', continuation: 'b' }])]],
      'too few to show',
    ],
  ] as [string, [string, Uint8Array | undefined][], string][])('refuses %s', async (_, changes, why) => {
    const data = new Map([...FILES, ...changes].filter((each): each is [string, Uint8Array] => each[1] !== undefined));
    for (const [name, contents] of changes) if (!contents) data.delete(name);
    const { target } = scripted();
    await expect(measure(evaluationSuite, { target, data, settings: {} }, OCCASION)).rejects.toThrow(why);
  });
});

describe('a language model', () => {
  const folder = new URL('../../../../models/fable-mini', import.meta.url).pathname;

  it('scores what it writes itself with the chances that it drew it with', async () => {
    const target = await languageFile(
      { model: await readModelAt(folder), ...(await readTextFiles(folder)) },
      nodeEngine(),
    );
    const model = (await openModelFolder(folder, nodeEngine())) as LanguageModel;
    const prompt = 'On a rainy Monday in spring, when the';
    const drawn: { token: string; logprob: number }[] = [];
    for await (const event of model.complete({ prompt, maxTokens: 12, temperature: 0, logprobs: 0 }))
      if (event.type === 'text') drawn.push(...(event.tokens ?? []));
    const text = drawn.map(({ token }) => token).join('');
    expect(await target.generate(prompt, 12)).toBe(text);
    expect(await target.score(prompt, text)).toEqual({
      logProb: expect.closeTo(
        drawn.reduce((sum, { logprob }) => sum + logprob, 0),
        3,
      ),
      tokens: 12,
      isGreedy: true,
    });
    expect((await target.score(prompt, ' zebra zebra')).isGreedy).toBe(false);
    await expect(target.score(prompt, ' fox'.repeat(200))).rejects.toMatchObject({ code: 'PROMPT_TOO_LONG' });
    await target.close();
    await model.dispose();
  });

  it('behind an endpoint is scored by the chances of the echoed prompt', async () => {
    const bodies: object[] = [];
    const logprobs = {
      tokens: ['one', ' two', '!', 'x'],
      token_logprobs: [null, -0.5, -1.5, -9],
      text_offset: [0, 3, 7, 8],
      top_logprobs: [null, { ' two': -0.5 }, { '?': -1 }, null],
    };
    const answers = [{ text: 'one two!x', logprobs }, { text: 'so' }, { text: 'x' }];
    const post = async (body: object) => {
      bodies.push(body);
      return { choices: [answers[bodies.length - 1]] };
    };
    const target = languageEndpoint({ post, model: 'm' });
    expect(await target.score('one', ' two!')).toEqual({ logProb: -2, tokens: 2, isGreedy: false });
    expect(await target.generate('say', 5, ['\n'])).toBe('so');
    expect(bodies).toEqual([
      { model: 'm', temperature: 0, prompt: 'one two!', max_tokens: 1, echo: true, logprobs: 1 },
      { model: 'm', temperature: 0, prompt: 'say', max_tokens: 5, stop: ['\n'] },
    ]);
    await expect(target.score('a', ' b')).rejects.toMatchObject({ code: 'MODEL_UNSUPPORTED' });
  });
});
