import { describe, expect, it } from 'vitest';
import vectors from '../../test-support/data-vectors.json' with { type: 'json' };
import { melWindows } from './mel.ts';
import { soundPreprocessing, type MelWindows } from './preprocessing.ts';
import { soundValues } from './sound-items.ts';
import { readWav } from './wav.ts';

const RATE = 16_000;
const samples = Float32Array.from(
  { length: 1_600 },
  (_, i) => Math.sin(i * 0.07) * 0.4 + Math.sin(i * i * 0.0004) * 0.3,
);
const windows = (mel: Partial<MelWindows>): MelWindows =>
  soundPreprocessing.parse({ kind: 'sound', rate: RATE, samples: 1_600, mel }).mel!;

/** A WAV file of one or two channels of 16 bits. */
function wav(values: readonly number[], channels = 1): Uint8Array {
  const view = new DataView(new ArrayBuffer(44 + values.length * 2));
  const text = (at: number, word: string) => [...word].forEach((c, i) => view.setUint8(at + i, c.charCodeAt(0)));
  text(0, 'RIFF');
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, RATE, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, values.length * 2, true);
  values.forEach((value, i) => view.setInt16(44 + i * 2, value, true));
  return new Uint8Array(view.buffer);
}

describe('mel windows are those of a second implementation', () => {
  it.each([
    ['whisper', windows({ bins: 8, window: 400, hop: 160, highest: 8_000 })],
    ['htk', windows({ bins: 6, window: 256, hop: 200, highest: 7_000, scale: 'htk', byWidth: false, log: 'ln' })],
  ] as const)('%s', (name, mel) => {
    const found = melWindows(samples, RATE, mel);
    const wanted = vectors.sounds[name];
    expect(found.length).toBe(wanted.length);
    wanted.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 3));
    const turned = melWindows(samples, RATE, { ...mel, order: 'frames-bins' });
    expect(turned[1]).toBe(found[found.length / mel.bins]);
  });
});

describe('a sound as an item', () => {
  it('is read from WAV, channels averaged, cut or filled with silence', () => {
    expect([...readWav(wav([16_384, 0, -16_384, -32_768], 2), 'a.wav').samples]).toEqual([0.25, -0.75]);
    const preprocessing = soundPreprocessing.parse({ kind: 'sound', rate: RATE, samples: 3 });
    expect([...soundValues(readWav(wav([16_384]), 'a.wav'), 'a.wav', preprocessing)]).toEqual([0.5, 0, 0]);
  });

  it('of another rate is refused with the command that converts it', () => {
    const preprocessing = soundPreprocessing.parse({ kind: 'sound', rate: 8_000, samples: 3 });
    expect(() => soundValues(readWav(wav([1]), 'a.wav'), 'a.wav', preprocessing)).toThrow(/ffmpeg -i a\.wav -ar 8000/);
  });

  it('that is none, or without sound, is refused', () => {
    expect(() => readWav(new Uint8Array(50), 'a.mp3')).toThrow(/no WAV/);
    expect(() => readWav(wav([1]).subarray(0, 30), 'a.wav')).toThrow(/without sound/);
  });
});
