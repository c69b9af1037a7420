import { describe, expect, it } from 'vitest';
import { addFiles, missingFiles, slotOf } from './file-slots.ts';

const file = (name: string) => ({ name });

describe('file slots', () => {
  it.each([
    ['model.onnx', 'model'],
    ['Fable.ONNX', 'model'],
    ['tokenizer.json', 'tokenizer'],
    ['tokenizer_config.json', 'tokenizerConfig'],
    ['config.json', 'config'],
    ['README.md', 'card'],
    ['ordinary.i32', 'ordinary'],
    ['heldout.u8', 'heldout'],
    ['heldout.labels.u8', 'labels'],
    ['model.onnx.data', undefined],
    ['weights.bin', undefined],
  ])('puts %s where it belongs', (name, slot) => expect(slotOf(file(name))).toBe(slot));

  const none = { slots: {}, beside: [] };
  it('keeps what is beside an ONNX file, whichever came first', () =>
    expect(addFiles(none, [file('weights.bin'), file('model.onnx')])).toEqual({
      slots: { model: file('model.onnx') },
      beside: [file('weights.bin')],
    }));
  it('takes a file of no known name for the model where there is none', () =>
    expect(addFiles(none, [file('holiday.jpg')]).slots.model?.name).toBe('holiday.jpg'));
  it('replaces a file of the same slot, and one beside it of the same name', () => {
    const given = { slots: { model: file('old.onnx') }, beside: [file('a.data'), file('b.data')] };
    const { slots, beside } = addFiles(given, [file('new.onnx'), file('b.data')]);
    expect(slots.model?.name).toBe('new.onnx');
    expect(beside.map(({ name }) => name)).toEqual(['a.data', 'b.data']);
  });
  it('asks a language model for its tokenizer', () =>
    expect(missingFiles({ model: file('model.onnx') }, 'language')).toEqual(['tokenizer.json']));
});
