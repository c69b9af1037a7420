import { OmlError } from '@oml/protocol/error';
import { fromBase64, toBase64 } from '@oml/protocol/wire/base64';
import { issuesOf, readJson } from '@oml/protocol/wire/read-request';
import { z } from 'zod';
import { corrected } from './post-processor.ts';
import { proximities, type ProximityScale } from './proximity.ts';

const MOST_BYTES = 64 << 20;

const number = z.number().refine(Number.isFinite, 'not a finite number');
const points = z.array(z.tuple([number, number])).min(1);
const format = z.literal('oml-calibration-1');
const setSchema = z.strictObject({
  format: z.literal('oml-calibration-set-1'),
  temperature: z.strictObject({ format, kind: z.literal('temperature'), temperature: number.positive() }),
  binMeanShift: z
    .strictObject({
      format,
      kind: z.literal('bin-mean-shift'),
      confidenceEdges: z.array(number),
      proximityEdges: z.array(number),
      shifts: z.array(z.array(number)),
    })
    .refine(
      ({ confidenceEdges, proximityEdges, shifts }) =>
        shifts.length === proximityEdges.length + 1 && shifts.every((row) => row.length === confidenceEdges.length + 1),
      'its shifts are not one a bin',
    ),
  densityRatio: z.strictObject({
    format,
    kind: z.literal('density-ratio'),
    prior: number.min(0).max(1),
    widths: z.tuple([number.positive(), number.positive()]),
    right: points,
    wrong: points,
  }),
  /** What nearness is measured from: features of the items that it was fitted to, base64 of little-endian float32. */
  proximity: z.strictObject({
    neighbours: z.int().min(1).max(1_000),
    unit: number.positive(),
    size: z.int().min(1).max(65_536),
    reference: z.base64(),
  }),
});

/** What `oml measure calibration --product` writes. */
export type CalibrationSet = z.output<typeof setSchema>;

export const CORRECTIONS = ['temperature', 'bin-mean-shift', 'density-ratio'] as const;
export type CorrectionKind = (typeof CORRECTIONS)[number];

/** Makes the probabilities of one answer honest; the class that the model names stays. */
export interface Correction {
  kind: CorrectionKind;
  /** Values of the features that it reads; 0: it reads none. */
  featureSize: number;
  /** Throws REQUEST_INVALID where features are wanting or of another size. */
  correct(answer: { label: number; probabilities: readonly number[]; features?: Float32Array }): number[];
}

/** One way of correcting out of a file. Throws REQUEST_INVALID. */
export function readCorrection(text: string, kind: CorrectionKind): Correction {
  if (text.length > MOST_BYTES) throw refused(`it is larger than ${MOST_BYTES} bytes`);
  const parsed = setSchema.safeParse(readJson(text));
  if (!parsed.success) throw refused(issuesOf(parsed.error, 'it').slice(0, 3).join('; '));
  const { temperature, binMeanShift, densityRatio, proximity } = parsed.data;
  if (kind === 'temperature') {
    const correct: Correction['correct'] = ({ probabilities }) => cooled(probabilities, temperature.temperature);
    return { kind, featureSize: 0, correct };
  }
  const scale = scaleOf(proximity);
  const processor = kind === 'bin-mean-shift' ? binMeanShift : densityRatio;
  return {
    kind,
    featureSize: proximity.size,
    correct({ label, probabilities, features }) {
      if (features?.length !== proximity.size)
        throw refused(`the model has ${features?.length ?? 0} features, and it was fitted to ${proximity.size}`);
      const [near] = proximities(scale, { data: features, size: proximity.size });
      return withConfidence(probabilities, label, corrected(processor, probabilities[label]!, near!));
    },
  };
}

const refused = (why: string): OmlError => new OmlError('REQUEST_INVALID', `The calibration is refused: ${why}.`);

/** softmax(z / T) out of softmax(z): p^(1/T), made to sum to one. */
function cooled(probabilities: readonly number[], temperature: number): number[] {
  const most = Math.max(...probabilities);
  const powers = probabilities.map((p) => (most > 0 ? (p / most) ** (1 / temperature) : 1));
  const sum = powers.reduce((total, each) => total + each, 0);
  return powers.map((each) => each / sum);
}

/** The named class gets its corrected confidence; the others share the rest as they did before. */
function withConfidence(probabilities: readonly number[], label: number, confidence: number): number[] {
  const others = 1 - probabilities[label]!;
  const count = probabilities.length - 1;
  return probabilities.map((p, i) => {
    if (i === label) return count === 0 ? 1 : confidence;
    return others > 0 ? (p / others) * (1 - confidence) : (1 - confidence) / count;
  });
}

/** A reference set as its file carries it. */
export function packedScale({ reference, neighbours, unit }: ProximityScale): CalibrationSet['proximity'] {
  const bytes = new Uint8Array(reference.data.length * 4);
  const view = new DataView(bytes.buffer);
  for (const [i, value] of reference.data.entries()) view.setFloat32(i * 4, value, true);
  return { neighbours, unit, size: reference.size, reference: toBase64(bytes) };
}

function scaleOf({ neighbours, unit, size, reference }: CalibrationSet['proximity']): ProximityScale {
  const bytes = fromBase64(reference);
  if (bytes.length === 0 || bytes.length % (size * 4) !== 0) throw refused('its reference is not whole rows');
  const view = new DataView(bytes.buffer);
  const data = Float32Array.from({ length: bytes.length / 4 }, (_, i) => view.getFloat32(i * 4, true));
  if (data.some((value) => !Number.isFinite(value))) throw refused('its reference holds what is no number');
  return { reference: { data, size }, neighbours, unit };
}
