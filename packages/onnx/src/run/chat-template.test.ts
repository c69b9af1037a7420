import { describe, expect, it } from 'vitest';
import { asciiTokenizer, tinyLanguageModel } from '../../test-support/tiny-models.ts';
import { readChatTemplate } from './chat-template.ts';
import { LanguageModel } from './language-model.ts';
import { nodeEngine } from './runner-node.ts';
import { steer } from './sampling.ts';

/** As Qwen, SmolLM and many others have it. */
const CHATML =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}" +
  "{{ '<|im_start|>system\\nBe kind.<|im_end|>\\n' }}{% endif %}" +
  "{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** As Llama 2 and Mistral have it: who speaks out of turn is refused by the template itself. */
const INSTRUCT =
  "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}" +
  "{{ raise_exception('Conversation roles must alternate user/assistant/...') }}{% endif %}" +
  "{% if message['role'] == 'user' %}{{ '[INST] ' + message['content'].strip() + ' [/INST]' }}" +
  "{% else %}{{ ' ' + message['content'] + eos_token }}{% endif %}{% endfor %}";

const user = (content: string) => ({ role: 'user', content });
const assistant = (content: string) => ({ role: 'assistant', content });
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'REQUEST_INVALID', message: expect.stringMatching(message) });

describe('a chat template', () => {
  it('writes a conversation as the model was trained on it', () => {
    expect(readChatTemplate({ chat_template: CHATML })!.render([user('Hi {{ there }}')])).toBe(
      '<|im_start|>system\nBe kind.<|im_end|>\n<|im_start|>user\nHi {{ there }}<|im_end|>\n<|im_start|>assistant\n',
    );
    const special = { bos_token: '<s>', eos_token: { content: '</s>' } };
    const instruct = readChatTemplate({ ...special, chat_template: INSTRUCT })!;
    expect(instruct.render([user(' one '), assistant('1'), user('two')])).toBe(
      '<s>[INST] one [/INST] 1</s>[INST] two [/INST]',
    );
  });

  it('that refuses a conversation says why', () => {
    const instruct = readChatTemplate({ bos_token: '<s>', eos_token: '</s>', chat_template: INSTRUCT })!;
    expect(() => instruct.render([user('a'), user('b')])).toThrow(refused(/roles must alternate/));
  });

  it('with names is the one that is called default', () => {
    const named = [
      { name: 'tool_use', template: 'tools' },
      { name: 'default', template: '{{ messages|length }}' },
    ];
    expect(readChatTemplate({ chat_template: named })!.render([user('a')])).toBe('1');
    expect(readChatTemplate({ chat_template: named.slice(0, 1) })).toBeUndefined();
  });

  it('is missing where the tokenizer has none, and where it is no template refuses', () => {
    for (const config of [undefined, {}, { chat_template: null }, { chat_template: 7 }])
      expect(readChatTemplate(config)).toBeUndefined();
    const broken = readChatTemplate({ chat_template: '{% for %}' })!;
    expect(() => broken.render([user('a')])).toThrow(refused(/cannot be read/));
  });
});

describe('a language model', () => {
  const open = (chat_template?: string) =>
    LanguageModel.open(
      { model: tinyLanguageModel(), tokenizer: asciiTokenizer, chatTemplate: readChatTemplate({ chat_template }) },
      nodeEngine({ threads: 1 }),
    );

  it('reads a conversation without a start token that the template does not write', async () => {
    const model = await open('{% for m in messages %}{{ m.content }}{% endfor %}');
    expect(model.conversation([user('ab'), assistant('c')])).toEqual([97, 98, 99]);
    await model.dispose();
  });

  it('without a template refuses conversations', async () => {
    const model = await open();
    expect(() => model.conversation([user('a')])).toThrow(refused(/no chat template/));
    await model.dispose();
  });

  it('draws under a bias as OpenAI describes it', async () => {
    const model = await open();
    const ask = { prompt: 'abc', maxTokens: 6, temperature: 0 };
    const plain = await model.completeText(ask);
    const biased = await model.completeText({ ...ask, logitBias: new Map([[88, 100]]) });
    expect(biased).toBe('XXXXXX');
    const banned = new Map([...plain].map((char) => [char.charCodeAt(0), -100]));
    for (const char of await model.completeText({ ...ask, logitBias: banned })) expect(plain).not.toContain(char);
    await model.dispose();
  });
});

describe('scores are steered', () => {
  const scores = Float32Array.from([1, 2, 3]);

  it('by a bias, and by what was drawn: each time, and at all', () => {
    const logitBias = new Map([[0, 5]]);
    const steered = steer(scores, { logitBias, frequencyPenalty: 0.5, presencePenalty: 0.25 }, [1, 1, 2]);
    expect([...steered]).toEqual([6, 0.75, 2.25]);
    expect([...scores]).toEqual([1, 2, 3]);
  });

  it('by nothing where nothing is asked', () => {
    expect(steer(scores, { logitBias: new Map(), presencePenalty: 0 }, [1])).toBe(scores);
  });
});
