import { describe, expect, it } from 'vitest';
import { itemDimsOf, readPreprocessing } from './preprocessing.ts';

const MEAN = [0.485, 0.456, 0.406];
const STD = [0.229, 0.224, 0.225];
const normalised = { do_normalize: true, do_resize: true, image_mean: MEAN, image_std: STD, resample: 3 };

describe('a preprocessor_config.json of Hugging Face is read', () => {
  it.each([
    ['ViT', { ...normalised, size: 224 }, { resize: 'stretch', width: 224 }],
    [
      'DeiT',
      { ...normalised, size: { height: 256, width: 256 }, do_center_crop: true, crop_size: 224 },
      { resize: { width: 256, height: 256 }, width: 224 },
    ],
    [
      'CLIP',
      { ...normalised, size: { shortest_edge: 256 }, do_center_crop: true, crop_size: { height: 224, width: 224 } },
      { resize: 256, width: 224 },
    ],
    ['ConvNeXt', { ...normalised, size: { shortest_edge: 224 }, crop_pct: 0.875 }, { resize: 256, height: 224 }],
    ['no resize', { ...normalised, do_resize: false, size: 32 }, { resize: 'none', width: 32 }],
  ])('%s', (_, config, wanted) => {
    const read = readPreprocessing(config);
    expect(read).toMatchObject({
      kind: 'image',
      colours: 'rgb',
      filter: 'bicubic',
      mean: MEAN,
      deviation: STD,
      ...wanted,
    });
    expect(itemDimsOf(read)![0]).toBe(3);
  });

  it('Whisper', () => {
    const config = {
      feature_extractor_type: 'WhisperFeatureExtractor',
      sampling_rate: 16_000,
      chunk_length: 30,
      hop_length: 160,
      n_fft: 400,
      feature_size: 80,
    };
    const read = readPreprocessing(config);
    expect(read).toMatchObject({
      samples: 480_000,
      mel: { bins: 80, window: 400, range: 8 },
      mean: [-4],
      deviation: [4],
    });
    expect(itemDimsOf(read)).toEqual([80, 3_000]);
  });

  it('Wav2Vec2', () => {
    const config = { feature_extractor_type: 'Wav2Vec2FeatureExtractor', sampling_rate: 16_000, do_normalize: true };
    expect(readPreprocessing(config)).toMatchObject({ kind: 'sound', level: 'item' });
  });
});

describe('what cannot be followed is refused with what it is', () => {
  it.each([
    [{ kind: 'image', colours: 'rgb', width: 0, height: 2 }, /width/],
    [{ kind: 'image', colours: 'rgb', width: 2, height: 2, deviation: [0] }, /deviation/],
    [{ kind: 'image', colours: 'rgb', width: 2, height: 2, code: 'x' }, /code/],
    [{ ...normalised, size: 'large' }, /size is "large"/],
    [{ ...normalised, size: 224, resample: 1 }, /resample is 1/],
    [{ sampling_rate: 16_000, feature_extractor_type: 'ASTFeatureExtractor' }, /ASTFeatureExtractor/],
    [{}, /neither a kind/],
    [null, /no JSON object/],
  ])('%j', (config, reason) => {
    expect(() => readPreprocessing(config)).toThrow(reason);
  });
});
