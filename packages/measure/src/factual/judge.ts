import type { LanguageTarget } from '../target/language-target.ts';
import type { Passage } from './knowledge.ts';
import { sentencesOf } from './sentences.ts';

/** Takes answers apart into facts, and says of each whether sources support it. */
export interface FactJudge {
  /** The facts that a sentence states, each to be understood by itself. */
  factsOf(sentence: string, topic: string): Promise<string[]>;
  isSupported(fact: string, topic: string, passages: readonly Passage[]): Promise<boolean>;
}

const MOST_FACTS = 20;
const FACT_TOKENS = 256;
const VERDICT_TOKENS = 8;

/**
 * A language model as the judge, asked in FActScore's words (Min et al., arXiv 2305.14251, §3.3 and appendix A): to
 * break a sentence down into independent facts, and whether each is true by the passages that were found.
 */
export const modelJudge = (model: Pick<LanguageTarget, 'generate'>): FactJudge => ({
  async factsOf(sentence) {
    const prompt = `Please breakdown the following sentence into independent facts: ${sentence}\n- `;
    const said = await model.generate(prompt, FACT_TOKENS, ['\n\n']);
    return said
      .split('\n')
      .map((line) => line.replace(/^\s*[-*•]\s*/, '').trim())
      .filter((line) => line !== '')
      .slice(0, MOST_FACTS);
  },
  async isSupported(fact, topic, passages) {
    const context = passages.map(({ title, text }) => `Title: ${title}\nText: ${text}`).join('\n\n');
    const prompt =
      `Answer the question about ${topic} based on the given context.\n\n${context}\n\n` +
      `Input: ${fact} True or False?\nOutput:`;
    const said = (await model.generate(prompt, VERDICT_TOKENS, ['\n'])).toLowerCase();
    const [yes, no] = [said.lastIndexOf('true'), said.lastIndexOf('false')];
    return yes > no;
  },
});

/** Words that state nothing by themselves. */
const EMPTY = new Set(
  (
    'a an the and or but of in on at to for from by with as is are was were be been has have had do does did it its he ' +
    'she they his her their this that these those who which there also'
  ).split(' '),
);

/** A sentence that begins so speaks of what its source is about. */
const PRONOUN = /^(?:he|she|it|they|his|her|its|their)\b/i;

/**
 * A judge of words, which needs no model: a sentence is one fact, and it is supported where one sentence of a passage
 * holds all its words that state something; what begins with a pronoun speaks of the title of its source. It takes what
 * is worded otherwise for unsupported, so it suits sources in the words of the answers, and never hangs on an endpoint.
 */
export const wordJudge: FactJudge = {
  factsOf: async (sentence) => (statesOf(sentence).length > 0 ? [sentence] : []),
  isSupported: async (fact, _, passages) => {
    const wanted = statesOf(fact);
    return passages.some(({ title, text }) =>
      sentencesOf(`${text}.`).some((sentence) => {
        const known = new Set(wordsOf(PRONOUN.test(sentence) ? `${title} ${sentence}` : sentence));
        return wanted.every((word) => known.has(word));
      }),
    );
  },
};

const wordsOf = (text: string): string[] => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const statesOf = (text: string): string[] => wordsOf(text).filter((word) => !EMPTY.has(word));
