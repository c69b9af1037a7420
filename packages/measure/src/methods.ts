import { OmlError } from '@oml/protocol/error';
import type { Measurement } from '@oml/protocol/wire/measurement';
import type { Method, Reads } from './method.ts';
import { calibration } from './calibration/calibration.ts';
import { generationGap } from './gap/generation-gap.ts';
import { factualPrecision } from './factual/factual-precision.ts';
import { recitation } from './recitation/recitation.ts';
import { evaluationSuite } from './suite/evaluation-suite.ts';
import { tokenizerMixture } from './mixture/tokenizer-mixture.ts';

/** Every way of measuring, by what it reads. */
export const METHODS: readonly { [R in Reads]: Method<R> }[Reads][] = [
  tokenizerMixture,
  calibration,
  evaluationSuite,
  recitation,
  factualPrecision,
  generationGap,
];

export type AnyMethod = (typeof METHODS)[number];

/** The method that a measurement was made by. Throws REQUEST_INVALID for one of another version, or an unknown one. */
export function methodOf({ method: { name, version } }: Pick<Measurement, 'method'>): AnyMethod {
  const method = METHODS.find((each) => each.name === name);
  if (!method) throw new OmlError('REQUEST_INVALID', `No method is called "${name}" here.`);
  if (method.version !== version)
    throw new OmlError(
      'REQUEST_INVALID',
      `${name} is version ${method.version} here, the measurement says ${version}: figures of two are not compared.`,
    );
  return method;
}
