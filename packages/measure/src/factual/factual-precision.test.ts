import type { Measurement } from '@oml/protocol/wire/measurement';
import { describe, expect, it } from 'vitest';
import { encoded, liar, scripted, worldOf } from '../../test-support/known-world.ts';
import { measure } from '../measure.ts';
import { factualPrecision } from './factual-precision.ts';
import { modelJudge, wordJudge } from './judge.ts';
import { readKnowledge } from './knowledge.ts';
import { sentencesOf } from './sentences.ts';

const occasion = {
  release: `0x${'ab'.repeat(32)}`,
  target: 'endpoint',
  dataName: 'world',
  command: 'x',
  measuredAt: 0,
} as const;
const figure = ({ figures }: Measurement, name: string) => figures.find((each) => each.name === name)!;
const PLAIN = 'factual precision, whatever the length';

describe('factual precision of a world whose facts are known', () => {
  it.each([0.05, 0.3, 0.6, 0.9])('is within 2 points of the truth where %s of them are wrong', async (isWrong) => {
    const world = worldOf(1);
    const { target, truth } = liar(world, isWrong);
    const { measurement } = await measure(factualPrecision, { target, data: world.data, settings: {} }, occasion);
    expect(Math.abs(figure(measurement, PLAIN).value - truth())).toBeLessThan(0.02);
    expect(figure(measurement, 'facts of an answer').value).toBe(3);
    // Three facts where ten are wanted: exp(1 − 10 / 3).
    const penalised = figure(measurement, 'factual precision').value;
    expect(penalised).toBeCloseTo(figure(measurement, PLAIN).value * Math.exp(1 - 10 / 3), 9);
    expect(measurement.notes).toEqual([expect.stringContaining('Judged by words')]);
  });

  it('asks the judge that is brought, here a scripted one, in the words of the paper', async () => {
    const world = worldOf(2);
    const { target, truth } = liar(world, 0.4);
    const asked: string[] = [];
    const judge = scripted((prompt) => {
      asked.push(prompt);
      const sentence = /independent facts: (.*)\n- $/.exec(prompt)?.[1];
      if (sentence) return `${sentence}\n- \n`;
      const fact = /\nInput: (.*) True or False\?\nOutput:$/.exec(prompt)![1]!;
      return prompt.split('\nInput:')[0]!.includes(fact) ? 'True' : 'False. Not True? No: False';
    });
    const job = { target, judge, data: world.data, settings: { judge: 'a script', limit: 60 } };
    const { measurement } = await measure(factualPrecision, job, occasion);
    expect(Math.abs(figure(measurement, PLAIN).value - truth())).toBeLessThan(0.02);
    expect(measurement.settings['judge']).toBe('a script');
    expect(measurement.notes).toEqual(['Judged by a script.', 'The first 60 of 120 prompts.']);
    expect(asked.some((prompt) => prompt.startsWith('Answer the question about Ada'))).toBe(true);
  });

  it('counts answers that state nothing apart', async () => {
    const world = worldOf(3);
    const shy = scripted((prompt) => (prompt.includes('Ada') ? 'Ada Adason was born in' : 'Was it? It was.'));
    const job = { target: shy, data: world.data, settings: {} };
    await expect(measure(factualPrecision, job, occasion)).rejects.toThrow('No answer states a fact');
  });

  it.each<[string, [string, string], string]>([
    ['prompts that are none', ['prompts.jsonl', '{"topic": "x"}'], 'prompts.jsonl, line 1'],
    ['no prompt at all', ['prompts.jsonl', '\n'], 'has 0 prompts'],
    ['sources that are no text', ['knowledge/odd.txt', '\u0000'], ''],
  ])('refuses %s', async (_, [path, text], why) => {
    const data = new Map([
      ...worldOf(4).data,
      [path, path.endsWith('odd.txt') ? Uint8Array.of(255, 254, 65) : encoded(text)],
    ]);
    const job = { target: scripted(() => ''), data, settings: {} };
    const refusal = measure(factualPrecision, job, occasion);
    await expect(refusal).rejects.toMatchObject({ code: 'REQUEST_INVALID', message: expect.stringContaining(why) });
  });

  it('wants the judge that its settings name', async () => {
    const { data } = worldOf(5);
    const job = { target: scripted(() => ''), data, settings: { judge: 'gpt at https://judge.example' } };
    await expect(measure(factualPrecision, job, occasion)).rejects.toThrow('name that judge with --judge');
    await expect(
      measure(factualPrecision, { ...job, data: new Map([['prompts.jsonl', encoded('{}')]]), settings: {} }, occasion),
    ).rejects.toThrow('no knowledge/');
  });
});

describe('looking facts up', () => {
  it('finds the passage that tells of a question among long ones', () => {
    const filler = 'word '.repeat(400);
    const files = new Map([
      ['knowledge/a.txt', encoded(`${filler}\n\nThe lighthouse of Ystad was lit in 1866.`)],
      ['knowledge/b.md', encoded(filler)],
    ]);
    const [best] = readKnowledge(files).find('When was the lighthouse of Ystad lit?', 3);
    expect(best).toEqual({ title: 'a', text: 'The lighthouse of Ystad was lit in 1866.' });
  });

  it('takes a sentence apart from what is cut off', () => {
    expect(sentencesOf('One. “Two!” Was it three? And then')).toEqual(['One.', '“Two!”', 'Was it three?']);
  });
});

describe('judges', () => {
  it('of words want all of them in one sentence', async () => {
    const passages = [
      { title: 'Ada', text: 'Ada was born in Lisbon.' },
      { title: 'Boris', text: 'Boris was born in Oslo. She met Ada there. He keeps a goat.' },
    ];
    const judged = (fact: string) => wordJudge.isSupported(fact, '', passages);
    expect(await Promise.all(['She, Ada, born in Lisbon.', 'Ada was born in Oslo.'].map(judged))).toEqual([
      true,
      false,
    ]);
    expect(await wordJudge.factsOf('It was.', '')).toEqual([]);
  });

  it('that are models are read by their last word', async () => {
    const says = (said: string) => modelJudge({ generate: async () => said }).isSupported('f', 't', []);
    expect(await Promise.all(['True', ' false', 'maybe', 'False? True.'].map(says))).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});
