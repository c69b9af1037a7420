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
    ['holiday.jpg', 'model'],
  ])('puts %s where it belongs', (name, slot) => expect(slotOf(file(name))).toBe(slot));

  it('keeps the ONNX file when something unknown comes with it', () =>
    expect(addFiles({}, [file('model.onnx'), file('notes.txt')]).model?.name).toBe('model.onnx'));
  it('replaces a file of the same slot', () =>
    expect(addFiles({ model: file('old.onnx') }, [file('new.onnx')]).model?.name).toBe('new.onnx'));
  it('asks a language model for its tokenizer', () =>
    expect(missingFiles({ model: file('model.onnx') }, 'language')).toEqual(['tokenizer.json']));
});
