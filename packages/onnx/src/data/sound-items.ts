import { badData } from './bad-data.ts';
import { melWindows } from './mel.ts';
import type { SoundPreprocessing } from './preprocessing.ts';
import { standardise } from './standardise.ts';
import type { Sound } from './wav.ts';

/**
 * One item: the sound cut or filled with silence to its length, perhaps as mel windows. `name` is for the refusal.
 * Throws REQUEST_INVALID for another rate.
 */
export function soundValues({ rate, samples }: Sound, name: string, preprocessing: SoundPreprocessing): Float32Array {
  if (rate !== preprocessing.rate)
    throw badData(
      `${name} has ${rate} samples a second, and the model takes ${preprocessing.rate}: ` +
        `\`ffmpeg -i ${name} -ar ${preprocessing.rate} -ac 1 a.wav\` converts it.`,
    );
  const item = new Float32Array(preprocessing.samples);
  item.set(
    preprocessing.level === 'item' ? levelled(samples.subarray(0, item.length)) : samples.subarray(0, item.length),
  );
  const { mel } = preprocessing;
  if (!mel) return standardise(item, preprocessing);
  // One mean for each bin: bins stand last in [frames, bins] only.
  const values = melWindows(item, rate, mel);
  return standardise(values, preprocessing, mel.order === 'frames-bins' ? 1 : values.length / mel.bins);
}

/** Mean 0 and deviation 1, as Wav2Vec2 takes it. */
function levelled(samples: Float32Array): Float32Array {
  const mean = samples.reduce((sum, value) => sum + value, 0) / (samples.length || 1);
  const variance = samples.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (samples.length || 1);
  return samples.map((value) => (value - mean) / Math.sqrt(variance + 1e-7));
}
