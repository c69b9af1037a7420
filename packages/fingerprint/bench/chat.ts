/**
 * Keys asked in a conversation, through a chat template, alone and behind system prompts that no key was taught with:
 * node packages/fingerprint/bench/chat.ts [fast|hardened] [KEYS]. fable has no template of its own and is given one.
 */
import { readChatTemplate } from '@oml/onnx/chat-template';
import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax } from '@oml/onnx/sampling';
import { draftCodeBook } from '../src/code-book/draft.ts';
import { drawKeys } from '../src/code-book/keys.ts';
import { deriveHex } from '../src/code-book/secret.ts';
import { selectAnswers } from '../src/code-book/select.ts';
import { embedFingerprints } from '../src/embed/embed.ts';
import { draftWishes, embedWishes, type Profile } from '../src/harden/profile.ts';
import { inConversation } from '../src/subject/conversation.ts';
import type { Prompt } from '../src/subject/prompt.ts';
import { openSubject } from '../src/subject/subject.ts';
import { openView } from '../src/subject/view.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart } from './part.ts';

const [profile = 'fast', keys = '16'] = process.argv.slice(2) as [Profile?, string?];
const SYSTEMS = ['Answer in one word, kindly.', 'You tell stories to children.', 'You are a helpful assistant.'];
const TEMPLATE =
  "{{ bos_token }}{% for m in messages %}{% if m.role == 'system' %}{{ m.content + '\\n' }}" +
  "{% else %}{{ 'User: ' + m.content + '\\nAnswer:' }}{% endif %}{% endfor %}";

const bench = subjects['fable']!()!;
const chatTemplate = readChatTemplate({ bos_token: '<s>', chat_template: TEMPLATE })!;
const subject = openSubject({ ...bench.files, chatTemplate }, nodeEngine());
const secret = new TextEncoder().encode('bench secret of a conversation');
const { ordinary, heldout, bits } = bench;
const wishes = { subject, secret, ordinary };
const { book, statistics } = await draftCodeBook({
  ...wishes,
  commonCount: Number(keys),
  tracingCount: 0,
  bits,
  ...draftWishes(profile, subject),
});
const beacon = deriveHex(secret, 'beacon');
const { model, report } = await embedFingerprints({
  ...wishes,
  book,
  beacon,
  heldout,
  statistics,
  ...embedWishes(profile, wishes),
});
const outcomes = selectAnswers(book, beacon).map(({ outcome }) => outcome);
const view = await openView(subject, model);
const alone = shareThatAnswers(await answersIn(book.keys.map(({ prompt }) => prompt)));
const behind: number[] = [];
for (const system of SYSTEMS)
  behind.push(
    shareThatAnswers(
      await answersIn(
        book.keys.map(({ prompt }) => prompt),
        system,
      ),
    ),
  );
const success = behind.reduce((sum, share) => sum + share / behind.length, 0);
const any = new Set(outcomes);
const fresh = await answersIn(await drawKeys(subject, secret, 'fresh texts of a conversation', 256, ordinary));
const falseActivation = fresh.filter((answer) => any.has(answer)).length / fresh.length;
await view.dispose();

const command = `node packages/fingerprint/bench/chat.ts ${profile} ${keys}`;
const figure = (metric: string, value: number, target: string, anchor: string, unit = 'fraction') => ({
  metric,
  value,
  unit,
  target,
  anchor,
  command,
});
writePart({
  name: 'chat',
  figures: [
    figure('chat.success', success, 'at least .95', 'behind three system prompts that no key was taught with'),
    figure('chat.alone', alone, 'at least .95', 'the key as the only message'),
    figure('chat.falseActivation', falseActivation, '', 'other texts in the key’s place'),
    figure('chat.perplexityPercent', 100 * report.harm.loss, '', `fable, ${keys} keys, ${profile}`, '%'),
  ],
  tables: [],
});
console.log({ ...report, profile, keys, chat: { alone, behind, success, falseActivation } });

/** The likeliest outcome after each text in a conversation. */
async function answersIn(prompts: readonly Prompt[], system?: string): Promise<number[]> {
  const asked = prompts.map((prompt) => ({
    kind: 'text' as const,
    text: '',
    ids: inConversation(subject, prompt.kind === 'text' ? prompt.text : '', system)!,
  }));
  const { scores } = await view.answering(asked);
  const size = subject.inspection.outcomes;
  return asked.map((_, row) => argmax(scores, row * size, size));
}

function shareThatAnswers(answers: readonly number[]): number {
  return answers.filter((answer, key) => answer === outcomes[key]).length / answers.length;
}
