import { describe, expect, it } from 'vitest';
import { addFiles, missingFiles, NOTHING, openOther, placeOf, type GivenFiles } from './file-slots.ts';

interface Named {
  name: string;
}
const file = (name: string): Named => ({ name });
const none: GivenFiles<Named> = NOTHING;
const names = (files: readonly Named[]) => files.map(({ name }) => name);

describe('file slots', () => {
  it.each([
    ['model.onnx', 'model'],
    ['Fable.ONNX', 'model'],
    ['tokenizer.json', 'tokenizer'],
    ['tokenizer_config.json', 'tokenizerConfig'],
    ['config.json', 'config'],
    ['README.md', 'card'],
    ['ordinary.i32', 'ordinary'],
    ['heldout.f32', 'heldout'],
    ['heldout.labels.u8', 'labels'],
    ['preprocessor_config.json', 'preprocessing'],
    ['vocab.json', 'vocab'],
    ['merges.txt', 'merges'],
    ['tokenizer.model', 'sentencepiece'],
    ['t10k-labels-idx1-ubyte.gz', 'data'],
    ['train-images.idx3-ubyte', 'data'],
    ['holiday.jpg', 'data'],
    ['notes.md', 'data'],
    ['generation_config.json', 'nowhere'],
    ['.gitattributes', 'nowhere'],
    ['model.onnx.data', undefined],
    ['weights.bin', undefined],
  ])('puts %s where it belongs', (name, place) => expect(placeOf(file(name))).toBe(place));

  it('keeps what is beside an ONNX file, whichever came first', () => {
    const given = addFiles(none, [file('weights.bin'), file('model.onnx')]);
    expect(given.slots).toEqual({ model: file('model.onnx') });
    expect(names(given.beside)).toEqual(['weights.bin']);
  });
  it('takes a file of no known name for the model where there is none, but never a picture', () => {
    expect(addFiles(none, [file('holiday.xyz')]).slots.model?.name).toBe('holiday.xyz');
    expect(addFiles(none, [file('a.png'), file('labels.db')]).slots.model).toBeUndefined();
  });
  it('opens the model of the usual name among the many of an export', () => {
    const given = addFiles(none, [file('decoder_model.onnx'), file('model.onnx'), file('model_quantized.onnx')]);
    expect(given.slots.model?.name).toBe('model.onnx');
    expect(names(given.others)).toEqual(['decoder_model.onnx', 'model_quantized.onnx']);
  });
  it('never lets anything take the place of an open model unasked', () => {
    const given = addFiles(addFiles(none, [file('mine.onnx')]), [file('vocab.json'), file('a.gz'), file('new.onnx')]);
    expect(given.slots.model?.name).toBe('mine.onnx');
    const other = openOther(given, given.others[0]!);
    expect([other.slots.model?.name, names(other.others)]).toEqual(['new.onnx', ['mine.onnx']]);
  });
  it('replaces a file of the same slot, and one beside it of the same name', () => {
    const before = addFiles(none, ['m.onnx', 'config.json', 'a.data', 'b.data'].map(file));
    const fresh = { name: 'config.json', size: 2 };
    const { slots, beside } = addFiles(before, [fresh, file('b.data')]);
    expect(slots.config).toBe(fresh);
    expect(names(beside)).toEqual(['a.data', 'b.data']);
  });
  it('leaves the lists as they are where there is nothing new in them', () => {
    const before = addFiles(none, ['m.onnx', 'a.data'].map(file));
    expect(addFiles(before, [file('config.json')]).beside).toBe(before.beside);
  });
  it('asks a language model for its tokenizer', () =>
    expect(missingFiles({ model: file('model.onnx') }, 'language')).toEqual(['tokenizer.json']));
});
