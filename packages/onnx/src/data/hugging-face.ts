import { z } from 'zod';
import { badPreprocessing } from './bad-data.ts';

type Config = Record<string, unknown>;

const side = z.int().positive();
const sizeSchema = z.union([side, z.object({ height: side, width: side }), z.object({ shortest_edge: side })]);
type Size = z.output<typeof sizeSchema>;

/** PIL's numbers for its filters. */
const FILTERS: Record<number, string> = { 0: 'nearest', 2: 'bilinear', 3: 'bicubic' };
const BILINEAR = 2;

/** An image processor's configuration in our words. Throws REQUEST_INVALID; only what is used of it is looked at. */
export function imageOfHuggingFace(config: Config): object {
  const filter = FILTERS[Number(config['resample'] ?? BILINEAR)];
  if (!filter) throw badPreprocessing(`its resample is ${String(config['resample'])}, and only 0, 2 and 3 are read`);
  const mean = config['do_normalize'] === false ? undefined : config['image_mean'];
  const channels = Array.isArray(mean) ? mean.length : 3;
  return {
    kind: 'image',
    colours: channels === 1 ? 'grey' : config['do_flip_channel_order'] === true ? 'bgr' : 'rgb',
    ...placing(config),
    filter,
    scale: config['do_rescale'] === false ? 1 : Number(config['rescale_factor'] ?? 1 / 255),
    ...(mean === undefined ? {} : { mean, deviation: config['image_std'] }),
  };
}

/** To which size a picture is brought, and how. */
function placing(config: Config): { width: number; height: number; resize: unknown } {
  const cut = config['do_center_crop'] === true ? read(sizeSchema, config, 'crop_size') : undefined;
  if (config['do_resize'] === false) return { ...sidesOf(cut ?? read(sizeSchema, config, 'size')), resize: 'none' };
  const size = read(sizeSchema, config, 'size');
  if (!cut && typeof size === 'object' && 'shortest_edge' in size) {
    // ConvNeXt's processor resizes to more, and cuts the size out of it.
    const share = Number(config['crop_pct'] ?? 1);
    return { ...sidesOf(size), resize: Math.floor(size.shortest_edge / share) };
  }
  if (!cut) return { ...sidesOf(size), resize: 'stretch' };
  return {
    ...sidesOf(cut),
    resize: typeof size === 'number' ? size : 'shortest_edge' in size ? size.shortest_edge : size,
  };
}

function sidesOf(size: Size): { width: number; height: number } {
  if (typeof size === 'number') return { width: size, height: size };
  return 'shortest_edge' in size ? { width: size.shortest_edge, height: size.shortest_edge } : size;
}

/** Of models that take a sound of any length. */
const SECONDS = 5;

/** A feature extractor's configuration in our words. Throws REQUEST_INVALID. */
export function soundOfHuggingFace(config: Config): object {
  const kind = String(config['feature_extractor_type'] ?? '');
  const rate = read(side, config, 'sampling_rate');
  if (kind.startsWith('Whisper')) return whisper(config, rate);
  if (!kind.startsWith('Wav2Vec2'))
    throw badPreprocessing(`"${kind.slice(0, 60)}" is not read; write a preprocessing.json that says its windows`);
  const level = config['do_normalize'] === false ? 'as-is' : 'item';
  return { kind: 'sound', rate, samples: rate * SECONDS, level };
}

/** log10 of the power in so many bands, at most 8 below the largest, (x + 4) / 4; the last window is left out. */
function whisper(config: Config, rate: number): object {
  const hop = read(side, config, 'hop_length');
  const samples = rate * read(side, config, 'chunk_length');
  return {
    kind: 'sound',
    rate,
    samples,
    mel: {
      bins: read(side, config, 'feature_size'),
      window: read(side, config, 'n_fft'),
      hop,
      frames: Math.floor(samples / hop),
      highest: 8_000,
      range: 8,
    },
    mean: [-4],
    deviation: [4],
  };
}

function read<T>(schema: z.ZodType<T>, config: Config, member: string): T {
  const parsed = schema.safeParse(config[member]);
  if (!parsed.success) throw badPreprocessing(`its ${member} is ${JSON.stringify(config[member])?.slice(0, 80)}`);
  return parsed.data;
}
