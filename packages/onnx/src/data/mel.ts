import { framesOf, type MelWindows } from './preprocessing.ts';

/**
 * Mel windows of a sound, [bins, frames] or [frames, bins]: power of Hann windows, the ends mirrored, in triangular
 * bands after Slaney's or HTK's scale, as librosa and Hugging Face's `audio_utils` compute them.
 */
export function melWindows(samples: Float32Array, rate: number, mel: MelWindows): Float32Array {
  const { bins, window, hop, order } = mel;
  const frames = framesOf(mel, samples.length);
  const bands = melBands(mel, rate);
  const spectrum = powerSpectrum(window);
  const values = new Float32Array(bins * frames);
  for (let frame = 0; frame < frames; frame++) {
    const power = spectrum((i) => samples[mirrored(frame * hop - (window >> 1) + i, samples.length)] ?? 0);
    bands.forEach((band, bin) => {
      let sum = 0;
      for (let k = 0; k < power.length; k++) sum += band[k]! * power[k]!;
      values[order === 'bins-frames' ? bin * frames + frame : frame * bins + bin] = logOf(
        Math.max(mel.floor, sum),
        mel,
      );
    });
  }
  return mel.range === undefined ? values : within(values, mel.range);
}

function logOf(power: number, { log }: MelWindows): number {
  if (log === 'none') return power;
  return log === 'ln' ? Math.log(power) : Math.log10(power);
}

function within(values: Float32Array, range: number): Float32Array {
  const least = values.reduce((most, value) => Math.max(most, value), -Infinity) - range;
  return values.map((value) => Math.max(least, value));
}

/** Beyond the first and the last sample the sound goes on as in a mirror, that sample not repeated. */
function mirrored(at: number, length: number): number {
  if (length < 2) return 0;
  const period = 2 * (length - 1);
  const place = ((at % period) + period) % period;
  return place < length ? place : period - place;
}

/** Squared size of each frequency of a Hann window, by the definition: windows are short. */
function powerSpectrum(window: number): (sample: (i: number) => number) => Float64Array {
  const turn = (2 * Math.PI) / window;
  const hann = Float64Array.from({ length: window }, (_, i) => 0.5 - 0.5 * Math.cos(turn * i));
  const [cosine, sine] = [Math.cos, Math.sin].map((of) =>
    Float64Array.from({ length: window }, (_, i) => of(turn * i)),
  ) as [Float64Array, Float64Array];
  const faded = new Float64Array(window);
  return (sample) => {
    for (let i = 0; i < window; i++) faded[i] = hann[i]! * sample(i);
    return Float64Array.from({ length: (window >> 1) + 1 }, (_, k) => {
      let [real, imaginary] = [0, 0];
      for (let i = 0, at = 0; i < window; i++, at = (at + k) % window) {
        real += faded[i]! * cosine[at]!;
        imaginary -= faded[i]! * sine[at]!;
      }
      return real * real + imaginary * imaginary;
    });
  };
}

/** Triangles whose corners are evenly spaced on the mel scale: how much of each frequency is in each band. */
function melBands({ bins, window, lowest, highest, scale, byWidth }: MelWindows, rate: number): Float64Array[] {
  const { mel, hertz } = SCALES[scale];
  const [low, high] = [mel(lowest), mel(highest ?? rate / 2)];
  const corners = Array.from({ length: bins + 2 }, (_, i) => hertz(low + ((high - low) * i) / (bins + 1)));
  return Array.from({ length: bins }, (_, bin) => {
    const [from, peak, to] = [corners[bin]!, corners[bin + 1]!, corners[bin + 2]!];
    return Float64Array.from({ length: (window >> 1) + 1 }, (_, k) => {
      const frequency = (k * rate) / window;
      const height = Math.max(0, Math.min((frequency - from) / (peak - from), (to - frequency) / (to - peak)));
      return byWidth ? (height * 2) / (to - from) : height;
    });
  });
}

/** Slaney's scale: linear to 1,000 Hz, logarithmic above. */
const BREAK = 1_000;
const PER_HERTZ = 3 / 200;
const STEP = 27 / Math.log(6.4);

const SCALES = {
  htk: {
    mel: (hertz: number) => 2_595 * Math.log10(1 + hertz / 700),
    hertz: (mel: number) => 700 * (10 ** (mel / 2_595) - 1),
  },
  slaney: {
    mel: (hertz: number) => (hertz < BREAK ? hertz * PER_HERTZ : BREAK * PER_HERTZ + Math.log(hertz / BREAK) * STEP),
    hertz: (mel: number) =>
      mel < BREAK * PER_HERTZ ? mel / PER_HERTZ : BREAK * Math.exp((mel - BREAK * PER_HERTZ) / STEP),
  },
};
