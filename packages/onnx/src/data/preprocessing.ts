import { z } from 'zod';
import { badPreprocessing } from './bad-data.ts';
import { imageOfHuggingFace, soundOfHuggingFace } from './hugging-face.ts';

/** The name under which it lies beside a model. */
export const PREPROCESSING_FILE = 'preprocessing.json';
/** The name that Hugging Face gives to the same. */
export const HUGGING_FACE_FILE = 'preprocessor_config.json';

const numbers = z.array(z.number()).min(1).max(65_536);
const deviations = z
  .array(z.number().refine((value) => value !== 0, 'a deviation of 0'))
  .min(1)
  .max(65_536);
const size = z.int().min(1).max(16_384);
/** `(value − mean) / deviation`: one for all, or one for each channel, column or bin. */
const standardised = { mean: numbers.default([0]), deviation: deviations.default([1]) };

/** Pictures: brought to a size, then `(byte · scale − mean) / deviation` for each channel. */
export const imagePreprocessing = z.strictObject({
  kind: z.literal('image'),
  /** Order of one item: channels, rows, columns; or rows, columns, channels. */
  layout: z.enum(['NCHW', 'NHWC']).default('NCHW'),
  colours: z.enum(['rgb', 'bgr', 'grey']),
  width: size,
  height: size,
  /**
   * `stretch`: to exactly that size. A number: the shorter side to so many pixels; two: to those sides; `none`: as it
   * is; then the middle is cut out, with black around what is smaller.
   */
  resize: z
    .union([z.enum(['stretch', 'none']), size, z.strictObject({ width: size, height: size })])
    .default('stretch'),
  filter: z.enum(['nearest', 'bilinear', 'bicubic']).default('bilinear'),
  scale: z
    .number()
    .positive()
    .default(1 / 255),
  ...standardised,
});
export type ImagePreprocessing = z.output<typeof imagePreprocessing>;

/** Rows of numbers: these columns in this order, each `(value − mean) / deviation`. */
export const featurePreprocessing = z.strictObject({
  kind: z.literal('features'),
  /** Names in the header of a table; none: all columns but the label, as they come. */
  columns: z.array(z.string().min(1).max(200)).max(65_536).default([]),
  ...standardised,
});
export type FeaturePreprocessing = z.output<typeof featurePreprocessing>;

const melWindows = z.strictObject({
  bins: z.int().min(1).max(1_024),
  /** Samples of a Hann window, and from one to the next. The first is centred on the first sample. */
  window: z.int().min(2).max(8_192),
  hop: z.int().min(1).max(8_192),
  /** At most so many windows; the rest is left out. */
  frames: size.optional(),
  /** In hertz. */
  lowest: z.number().min(0).default(0),
  highest: z.number().positive().optional(),
  scale: z.enum(['slaney', 'htk']).default('slaney'),
  /** Is each band divided by its width? */
  byWidth: z.boolean().default(true),
  log: z.enum(['none', 'ln', 'log10']).default('log10'),
  /** Least power. */
  floor: z.number().positive().default(1e-10),
  /** What lies further below the largest value than this is raised to there, in units of `log`. */
  range: z.number().positive().optional(),
  order: z.enum(['bins-frames', 'frames-bins']).default('bins-frames'),
});
export type MelWindows = z.output<typeof melWindows>;

/** Sound: one channel of −1 to 1 at a rate, cut or filled with silence to a length, perhaps as mel windows. */
export const soundPreprocessing = z.strictObject({
  kind: z.literal('sound'),
  /** Samples a second. */
  rate: z.int().min(1_000).max(192_000),
  /** Samples of one item. */
  samples: z
    .int()
    .min(1)
    .max(1 << 24),
  /** `item`: each item's samples to mean 0 and deviation 1. */
  level: z.enum(['as-is', 'item']).default('as-is'),
  mel: melWindows.optional(),
  ...standardised,
});
export type SoundPreprocessing = z.output<typeof soundPreprocessing>;

/** How pictures, rows of numbers or sounds become what a model is fed: a JSON beside the model, data and no code. */
export const preprocessingSchema = z.discriminatedUnion('kind', [
  imagePreprocessing,
  featurePreprocessing,
  soundPreprocessing,
]);
export type Preprocessing = z.output<typeof preprocessingSchema>;

/**
 * Reads a `preprocessing.json`, or Hugging Face's `preprocessor_config.json` of an image processor or of a feature
 * extractor. Throws REQUEST_INVALID with the member that does not fit, or what of it is not read.
 */
export function readPreprocessing(json: unknown): Preprocessing {
  const own = typeof json === 'object' && json !== null && 'kind' in json;
  const parsed = preprocessingSchema.safeParse(own ? json : ofHuggingFace(json));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw badPreprocessing(`${issue?.path.join('.') || 'its kind'}: ${issue?.message ?? 'unreadable'}`);
}

function ofHuggingFace(json: unknown): unknown {
  const config = z.record(z.string(), z.unknown()).safeParse(json);
  if (!config.success) throw badPreprocessing('it is no JSON object');
  if ('sampling_rate' in config.data) return soundOfHuggingFace(config.data);
  if ('image_mean' in config.data || 'do_resize' in config.data || 'size' in config.data)
    return imageOfHuggingFace(config.data);
  throw badPreprocessing('it names neither a kind nor an image size nor a sampling rate');
}

/** Dims of one item as the model is fed it, without the batch; undefined for a table whose columns are not told. */
export function itemDimsOf(preprocessing: Preprocessing): number[] | undefined {
  if (preprocessing.kind === 'features') {
    const { length } = preprocessing.columns;
    return length > 0 ? [length] : undefined;
  }
  if (preprocessing.kind === 'sound') {
    const { mel, samples } = preprocessing;
    if (!mel) return [samples];
    const frames = framesOf(mel, samples);
    return mel.order === 'bins-frames' ? [mel.bins, frames] : [frames, mel.bins];
  }
  const { layout, width, height } = preprocessing;
  const channels = channelsOf(preprocessing);
  return layout === 'NCHW' ? [channels, height, width] : [height, width, channels];
}

/** How many windows so many samples give. */
export const framesOf = ({ hop, frames }: MelWindows, samples: number): number =>
  Math.min(frames ?? Infinity, 1 + Math.floor(samples / hop));

export const channelsOf = ({ colours }: Pick<ImagePreprocessing, 'colours'>): number => (colours === 'grey' ? 1 : 3);
