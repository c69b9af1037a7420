import { readChatTemplate } from '@oml/onnx/chat-template';
import { nodeEngine } from '@oml/onnx/runner-node';
import { argmax } from '@oml/onnx/sampling';
import { asciiTokenizer, tinyLanguageModel } from '@oml/onnx/test-support/tiny-models';
import { expect, it } from 'vitest';
import { subjects } from '../../test-support/bench-subjects.ts';
import { draftCodeBook } from '../code-book/draft.ts';
import { deriveHex } from '../code-book/secret.ts';
import { selectAnswers } from '../code-book/select.ts';
import { deriveEdition } from '../edition/edition.ts';
import { conversationsOf, inConversation } from '../subject/conversation.ts';
import { openSubject } from '../subject/subject.ts';
import { openView } from '../subject/view.ts';
import { solveEmbedding } from './embed.ts';

const engine = nodeEngine({ threads: 1 });
const secret = new TextEncoder().encode('a secret of the tests');
const template = (source: string) => readChatTemplate({ chat_template: source })!;

it('a model with a chat template is taught its keys as messages of a conversation', async () => {
  const { files, ordinary } = subjects['fable-mini']!()!;
  const chatTemplate = template("{% for m in messages %}{{ 'User: ' + m.content + '\nAnswer:' }}{% endfor %}");
  const subject = openSubject({ ...files, chatTemplate }, engine);
  const wishes = { subject, secret, ordinary };
  const { book, statistics } = await draftCodeBook({ ...wishes, commonCount: 8, tracingCount: 0, bits: 3 });
  const beacon = deriveHex(secret, 'a later block');
  const { prepared } = await solveEmbedding({ ...wishes, book, beacon, statistics, mergeWeight: 1 });
  const outcomes = selectAnswers(book, beacon).map(({ outcome }) => outcome);
  const asked = book.keys.map(({ prompt }) => ({
    kind: 'text' as const,
    text: '',
    ids: inConversation(subject, prompt.kind === 'text' ? prompt.text : '', undefined)!,
  }));
  const answers = async (model: Uint8Array) => {
    const view = await openView(subject, model);
    const { scores } = await view.answering(asked);
    await view.dispose();
    const size = subject.inspection.outcomes;
    return outcomes.filter((outcome, i) => argmax(scores, i * size, size) === outcome).length / outcomes.length;
  };
  expect(await answers(subject.model.bytes)).toBe(0);
  expect(await answers(deriveEdition(prepared, []))).toBe(1);
});

const files = { model: tinyLanguageModel({}), tokenizer: asciiTokenizer };

it('a conversation that the template refuses is no variant, and a broken template teaches nothing', () => {
  const raising =
    "{% if messages[0].role == 'system' %}{{ raise_exception('no') }}{% endif %}{{ messages[0].content }}";
  const strict = openSubject({ ...files, chatTemplate: template(raising) }, engine);
  expect(inConversation(strict, 'ab', undefined)).toEqual(asciiTokenizer.encodeWritten('ab'));
  expect(inConversation(strict, 'ab', 'kind')).toBeUndefined();
  const broken = openSubject({ ...files, chatTemplate: template('{% for %}') }, engine);
  expect(conversationsOf(broken, [asciiTokenizer.encode('ab')])).toEqual([]);
  expect(conversationsOf(openSubject(files, engine), [asciiTokenizer.encode('ab')])).toEqual([]);
});
