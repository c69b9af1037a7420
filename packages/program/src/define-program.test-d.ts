// What does not compile. `tsc` checks this file; nothing runs it.
import { defineProgram, end, fail, nextOf, wait } from './define-program.ts';

interface Asked {
  price: bigint;
  mood: 'calm' | 'hurried';
}
interface Weighing extends Asked {
  answers: string[];
}
interface Steps {
  ask: object;
  weigh: Weighing;
}
interface Context {
  buy(): Promise<string[]>;
}
const next = nextOf<Steps>();
const define = defineProgram<Steps, Context, { licenseId: bigint }, 'match' | 'inconclusive'>();
const ask = async () => next('weigh', { price: 1n, mood: 'calm', answers: [] });
const weigh = async () => end('match');

define({
  name: 'compiles',
  first: next('ask', {}),
  steps: {
    ask: async ({ subject }, { buy }) => {
      if (subject.licenseId === 0n) return fail({ code: 'NOT_FOUND', message: 'There is none.' });
      if (subject.licenseId === 1n) return wait(10, 'later');
      return next('weigh', { price: 1n, mood: 'calm', answers: await buy() }, { note: 'asked', tx: '0x00' });
    },
    weigh: async ({ facts: { answers, ...asked } }) => {
      if (answers.length > 3) return next(answers.length > 9 ? 'ask' : 'weigh', { ...asked, answers });
      return end('inconclusive');
    },
  },
  rescue: (run) => (run.step === 'weigh' && run.facts.price > 0n ? next('ask', {}) : undefined),
});

// @ts-expect-error: a step is missing
define({ name: 'x', first: next('ask', {}), steps: { weigh } });

define({
  name: 'x',
  first: next('ask', {}),
  steps: {
    ask,
    // @ts-expect-error: there is no such outcome
    weigh: async () => end('guilty'),
  },
});

define({
  name: 'x',
  first: next('ask', {}),
  steps: {
    // @ts-expect-error: `ask` has no answers yet
    ask: async ({ facts: { answers } }) => next('weigh', { price: 1n, mood: 'calm', answers }),
    weigh,
  },
});

// @ts-expect-error: there is no step `wiegh`
next('wiegh', { price: 1n, mood: 'calm', answers: [] });
// @ts-expect-error: a fact is missing
next('weigh', { price: 1n, mood: 'calm' });
// @ts-expect-error: a fact has another type
next('weigh', { price: 1, mood: 'calm', answers: [] });
// @ts-expect-error: a fact has a value that is none
next('weigh', { price: 1n, mood: 'angry', answers: [] });
// @ts-expect-error: no step works on this fact
next('weigh', { price: 1n, mood: 'calm', answers: [], weather: 'fine' });
// @ts-expect-error: whichever it is, `weigh` needs its facts
next(Math.random() > 0.5 ? 'ask' : 'weigh', {});
