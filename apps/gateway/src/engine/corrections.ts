import { CORRECTIONS, readCorrection, type Correction } from '@oml/measure/calibration/correction';
import { OmlError } from '@oml/protocol/error';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import type { ClassifierEngine } from './engine.ts';

const corrections = z.record(
  z.string().min(1),
  z.strictObject({
    /** What `oml measure calibration --product` wrote; relative to the file of the corrections. */
    file: z.string().min(1),
    kind: z.enum(CORRECTIONS),
  }),
);

/** Corrections by the name of a model or the number of a license. */
export type Corrections = ReadonlyMap<string, Correction>;

/** Reads the file that `CORRECTIONS` names. Throws ENV_INVALID. */
export function readCorrections(path: string | undefined): Corrections {
  if (path === undefined) return new Map();
  try {
    const rows = Object.entries(corrections.parse(JSON.parse(readFileSync(path, 'utf8'))));
    return new Map(
      rows.map(([name, { file, kind }]) => [
        name,
        readCorrection(readFileSync(resolve(dirname(path), file), 'utf8'), kind),
      ]),
    );
  } catch (cause) {
    throw new OmlError('ENV_INVALID', `CORRECTIONS is refused: ${(cause as Error).message}`, { cause });
  }
}

/** A classifier whose probabilities are honest; which class it names stays. Throws ENV_INVALID where it cannot be. */
export function correctedEngine(engine: ClassifierEngine, correction: Correction): ClassifierEngine {
  const { kind, featureSize } = correction;
  if (featureSize > 0 && !engine.givesFeatures)
    throw new OmlError('ENV_INVALID', `CORRECTIONS: another engine gives no features, which ${kind} reads.`);
  return {
    ...engine,
    async classify(tensor) {
      const answer = await engine.classify(tensor, { withFeatures: featureSize > 0 });
      return { label: answer.label, probabilities: correction.correct(answer), correction: kind };
    },
    dispose: () => engine.dispose(),
  };
}
