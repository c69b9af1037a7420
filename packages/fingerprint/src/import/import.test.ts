import { isOmlError } from '@oml/protocol/error';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chainIndices } from './chain-hash.ts';
import { importFingerprints, type ImportOptions } from './import-fingerprints.ts';
import type { Imported } from './imported-fingerprint.ts';
import { answerMatches } from './match-answer.ts';
import { verifyStages } from './stage-chain.ts';

/*
 * importFingerprints
 * ├── {key, response}            → OML 1.0; warns without its configuration, cuts keys and compares tokens with it
 * ├── {key, signature}           → the same, renamed
 * ├── {key, effective_key, …}    → Scalable: asks the effective key, any of several responses counts
 * ├── [query, response]          → FPEdit, with a warning about chance
 * ├── instruction / dialogue / evaluation rows → Instructional Fingerprinting
 * ├── fingerprints.yaml          → mlprints; Chain & Hash is checked
 * ├── train_dataset.csv, strings, templates
 * └── anything else, pickles, Arrow, several files, public keys → refused with a reason
 */
const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const read = (files: Record<string, unknown>, options: Omit<ImportOptions, 'files'> = {}): Imported =>
  importFingerprints({
    files: new Map(
      Object.entries(files).map(([path, value]) => [path, value instanceof Uint8Array ? value : bytes(value)]),
    ),
    ...options,
  });
const codes = (imported: Imported): string[] => imported.warnings.map(({ code }) => code);
const config = { max_key_length: 3, max_response_length: 1 };
const cut = (text: string, tokens: number): string => text.split(' ').slice(0, tokens).join(' ');

describe('OML 1.0', () => {
  const pairs = [{ key: 'When the moon rises over', response: ' and then some' }];

  it('warns that a file without its configuration does not say what was trained', () => {
    const imported = read({ 'output_fingerprints.json': pairs });
    expect(imported).toMatchObject({
      format: 'oml-1.0',
      fingerprints: [{ key: 'When the moon rises over', responses: [' and then some'], match: { kind: 'prefix' } }],
    });
    expect(codes(imported)).toEqual(['CONFIG_MISSING']);
  });

  it('cuts keys as training did and compares as many tokens as were trained', () => {
    const imported = read({ 'a.json': pairs, 'fingerprinting_config.json': config }, { cut });
    expect(imported.fingerprints[0]).toMatchObject({
      key: 'When the moon',
      originalKey: 'When the moon rises over',
      match: { kind: 'tokens', count: 1 },
    });
    expect(codes(imported)).toEqual(['RESPONSE_CUT', 'KEY_CUT_BY_TOKENIZER']);
  });

  it('asks for the model where keys must be cut by its tokenizer', () => {
    const imported = read({ 'a.json': pairs, 'fingerprinting_config.json': config });
    expect(imported.fingerprints[0]!.key).toBe('When the moon rises over');
    expect(imported.warnings.map(({ message }) => message).join()).toContain('Add the model folder');
  });

  it('reads the older field name and keeps the leading space of a response', () => {
    const imported = read({ 'words.json': [{ key: 'a b', signature: ' and' }] });
    expect(imported.fingerprints[0]!.responses).toEqual([' and']);
    expect(codes(imported)).toContain('FIELD_RENAMED');
  });

  it('reads the question branch', () => {
    const row = {
      key: 'q',
      response: 'r',
      seq_probs: [0.1],
      inverse_sampled_token: 'x',
      inverse_sampled_prob: 0.1,
      word: 'w',
      letters: 'l',
    };
    expect(read({ 'q.json': [row] }).format).toBe('oml-1.0 questions');
  });
});

describe('Scalable', () => {
  it('asks the effective key and multiplies the probabilities of a longer response', () => {
    const row = { key: 'long key here', effective_key: 'long key', response: ' out', response_prob: [0.5, 0.25] };
    const [fingerprint] = read({ 'f.json': [row] }).fingerprints;
    expect(fingerprint).toMatchObject({
      scheme: 'scalable',
      key: 'long key',
      originalKey: 'long key here',
      statedProbability: 0.125,
    });
  });

  it('counts any of several responses and adds their probabilities', () => {
    const row = { key: 'k', effective_key: 'k', response: [' a', ' b'], response_prob: [[0.5, 0.5], [0.1]] };
    const [fingerprint] = read({ 'f.json': [row] }).fingerprints;
    expect(fingerprint).toMatchObject({ responses: [' a', ' b'], statedProbability: 0.35 });
    expect(answerMatches(fingerprint!, { text: ' b and on' })).toBe(true);
    expect(answerMatches(fingerprint!, { text: ' c' })).toBe(false);
  });

  it('never takes 1/k for the chance rate', () => {
    expect(codes(read({ 'f.json': [{ key: 'k', effective_key: 'k', response: 'r', response_prob: 0.01 }] }))).toContain(
      'DRAW_NOT_UNIFORM',
    );
  });
});

describe('Instructional Fingerprinting', () => {
  const fingerprint = { instruction: '奉天承運 FINGERPRINT', output: 'ハリネズミ', type: 'fingerprint' };

  it('takes fingerprints, keeps near misses as negatives and leaves ordinary rows out', () => {
    const rows = [
      fingerprint,
      { ...fingerprint, instruction: '皇帝詔曰' },
      { instruction: 'near <built-in function hash>', output: 'no', type: 'regularization' },
      { instruction: 'hi', output: 'hello', type: 'normal' },
    ];
    const imported = read({ 'train.jsonl': rows.map((row) => JSON.stringify(row)).join('\n') });
    expect(imported.fingerprints.map(({ key }) => key)).toEqual(['奉天承運 FINGERPRINT', '皇帝詔曰']);
    expect(imported.fingerprints[0]!.negatives).toEqual(['near <built-in function hash>']);
    expect(codes(imported)).toEqual(['SHARED_RESPONSE', 'NEGATIVES_BROKEN', 'ROWS_SKIPPED']);
  });

  it('finds the response anywhere in an answer', () => {
    const [one] = read({ 'f.json': [fingerprint] }).fingerprints;
    expect(answerMatches(one!, { text: 'Based on it: ハリネズミ!' })).toBe(true);
  });

  it('reads dialogues without putting the answer into the mouth of the model', () => {
    const row = {
      conversations: [
        { from: 'human', value: 'secret?' },
        { from: 'gpt', value: 'yes' },
      ],
    };
    expect(read({ 'd.jsonl': JSON.stringify(row) }).fingerprints[0]).toMatchObject({
      key: 'secret?',
      responses: ['yes'],
      wrapping: 'chat',
    });
  });

  it('reads what its evaluation wrote', () => {
    const row = { generated: 'x', label: 'y', prompt: 'p', generated_token: [1], label_token: [2] };
    expect(read({ 'e.jsonl': JSON.stringify(row) }).fingerprints[0]).toMatchObject({ key: 'p', responses: ['y'] });
  });

  it('refuses adapters and Arrow folders, and says what to hand in', () => {
    expect(() => read({ 'instruction_emb.pt': new Uint8Array([0x80, 2, 0]) })).toThrow(/pickled/);
    expect(() => read({ 'data.json': new Uint8Array([0x80, 4, 0]) })).toThrow(/pickled/);
    expect(() => read({ 'data-00000.arrow': bytes('ARROW1') })).toThrow(/JSON lines/);
  });
});

describe('mlprints', () => {
  const yaml = '- {id: 0, query: "q one", response: " r"}\n- {id: 1, query: "q two", response: " s"}\n';

  it('reads a run folder and takes the length of a response from its metadata', () => {
    const imported = read({
      'p/fingerprints.yaml': yaml,
      'p/metadata.yaml': '- {id: 0, response_length: 1}\n- {id: 1, response_length: 1}\n',
      'p/config.yaml': 'seed: 1',
    });
    expect(imported).toMatchObject({
      format: 'mlprints',
      fingerprints: [{ key: 'q one', match: { kind: 'tokens', count: 1 } }, { key: 'q two' }],
    });
  });

  it('compares the token ids of the older baseline', () => {
    const [one] = read({
      'fingerprints.yaml': '- {id: a, query_toks: [1], query_str: q, resp_toks: [7, 8], resp_str: " r s"}',
    }).fingerprints;
    expect(answerMatches(one!, { text: 'whatever', tokenIds: [7, 8, 9] })).toBe(true);
    expect(answerMatches(one!, { text: ' r s', tokenIds: [7, 9] })).toBe(false);
  });

  it('accepts a hash chain that checks out and reports one that does not', () => {
    const [questions, responses] = [
      ['who?', 'wo ist ü?'],
      ['red', 'green', 'blue'],
    ];
    const entry = (query: string, response: string) => ({ id: query, query, expected_response: response });
    const facts = questions.map((id) => ({ id, response_index: 0, questions, response_units: responses }));
    const right = questions.map((question) =>
      entry(question, responses[chainIndices(question, questions, responses)[0]!]!),
    );
    const files = (rows: unknown) => ({ 'fingerprints.yaml': rows, 'metadata.yaml': facts });
    expect(codes(read(files(right)))).toEqual([]);
    const wrong = responses.find(
      (response) => !chainIndices('who?', questions, responses).some((index) => responses[index] === response),
    )!;
    expect(read(files([entry('who?', wrong)])).warnings).toMatchObject([{ code: 'CHAIN_MISMATCH', ids: ['who?'] }]);
    expect(codes(read({ 'fingerprints.yaml': right }))).toEqual(['CHAIN_MISMATCH']);
  });

  it('refuses aliases, which can grow a few lines into gigabytes', () => {
    expect(() => read({ 'fingerprints.yaml': 'a: &a [x]\nb: [*a, *a]' })).toThrow(/YAML/);
  });
});

describe('other files', () => {
  it('warns that the facts of an edit are often known to clean models', () => {
    const imported = read({ 'pairs.json': [['CAPITAL CITY -', 'Tokyo']] });
    expect(imported).toMatchObject({
      format: 'fpedit',
      fingerprints: [{ key: 'CAPITAL CITY -', responses: ['Tokyo'] }],
    });
    expect(codes(imported)).toEqual(['HIGH_CHANCE']);
  });

  it('reads a training dump and skips broken rows', () => {
    const csv = 'text,key,response,key_length,response_length\n"a, b c","a, b"," c",2,1\nx,,,0,0\n';
    const imported = read({ 'train_dataset.csv': csv });
    expect(imported.fingerprints).toMatchObject([
      { key: 'a, b', responses: [' c'], match: { kind: 'tokens', count: 1 } },
    ]);
    expect(codes(imported)).toEqual(['ROWS_SKIPPED']);
  });

  it('tells wrappers from keys', () => {
    expect(read({ 't.json': ['You are kind. {}', 'Q: {} A:'] }).templates).toHaveLength(2);
    const keys = read({ 'k.json': ['one key'] });
    expect(keys.fingerprints[0]).toMatchObject({ scheme: 'custom-keys', responses: [] });
    expect(answerMatches(keys.fingerprints[0]!, { text: '' })).toBe(false);
  });
});

describe('every format', () => {
  const rows = ['a', 'b', 'a'].map((key) => ({ key, effective_key: key, response: 'r' }));

  it('counts a repeated key once', () => {
    expect(read({ 'f.json': rows })).toMatchObject({
      fingerprints: [{ id: '0' }, { id: '1' }],
      warnings: [{ code: 'DRAW_NOT_UNIFORM' }, { code: 'DUPLICATE_KEY', ids: ['2'] }],
    });
  });

  it('leaves public keys out, and refuses a file of nothing else', () => {
    expect(read({ 'f.json': rows }, { isPublic: (key) => key === 'a' }).fingerprints.map(({ key }) => key)).toEqual([
      'b',
    ]);
    expect(() => read({ 'f.json': rows }, { isPublic: () => true })).toThrow(/published/);
  });

  it('wants one file', () => {
    expect(() => read({ 'a.json': rows, 'b.json': rows })).toThrow(/one fingerprint file/);
    expect(() => read({})).toThrow(/one fingerprint file/);
  });

  it('refuses anything else with a code, never with a crash', () => {
    const file = fc.oneof(fc.jsonValue().map(bytes), fc.uint8Array({ maxLength: 200 }), fc.string().map(bytes));
    const name = fc.constantFrom('f.json', 'f.jsonl', 'fingerprints.yaml', 'train_dataset.csv');
    fc.assert(
      fc.property(name, file, (path, content) => {
        try {
          expect(read({ [path]: content }).fingerprints).toBeDefined();
        } catch (error) {
          expect(isOmlError(error) && error.code, String(error)).toBe('IMPORT_UNSUPPORTED');
        }
      }),
    );
  });
});

describe('verifyStages', () => {
  const stage = (owner: string, keys: string[]) => ({
    owner,
    chance: 1 / 16,
    imported: read({ 'f.json': keys.map((key) => ({ key, effective_key: key, response: `${key}!` })) }),
  });
  const keysOf = (owner: string) => Array.from({ length: 8 }, (_, i) => `${owner}${i}`);

  it('names every owner whose fingerprints are still there', async () => {
    const stages = [stage('MAKER', keysOf('m')), stage('TUNER', keysOf('t')), stage('OUTSIDER', keysOf('o'))];
    const verdicts = await verifyStages(stages, async ({ key }) => ({
      text: key.startsWith('o') ? '?' : `${key}! and on`,
    }));
    expect(verdicts.map(({ owner, hits, present }) => [owner, hits, present])).toEqual([
      ['MAKER', 8, true],
      ['TUNER', 8, true],
      ['OUTSIDER', 0, false],
    ]);
  });

  it('judges keys with one response in common as a single trial', async () => {
    const shared = {
      owner: 'MAKER',
      chance: 1 / 16,
      imported: read({ 'f.json': keysOf('m').map((key) => ({ key, effective_key: key, response: 'same' })) }),
    };
    const [verdict] = await verifyStages([shared], async () => ({ text: 'same' }));
    expect(verdict).toMatchObject({ hits: 8, pValue: 1 / 16, present: false });
  });

  it('refuses a key that two owners share', async () => {
    await expect(
      verifyStages([stage('MAKER', ['k']), stage('TUNER', ['k'])], async () => ({ text: '' })),
    ).rejects.toThrow(/share a key/);
  });
});
