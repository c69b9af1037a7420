import { OmlError } from '@oml/protocol/error';
import { readRequest } from '@oml/protocol/wire/read-request';
import { measurementSchema, type Measurement } from '@oml/protocol/wire/measurement';
import { dataDigest } from './data.ts';
import type { Job, Method, Reads, Settings } from './method.ts';

/** What a measurement says beside what was found. */
export interface Occasion {
  release: `0x${string}`;
  target: Measurement['target'];
  /** Of the data, for people. */
  dataName: string;
  command: string;
  /** Unix seconds. */
  measuredAt: number;
}

export interface Measured {
  measurement: Measurement;
  product?: object;
}

/**
 * Measures by a method, with its settings where none are said. Throws REQUEST_INVALID for settings and data that the
 * method does not take, and what the target throws.
 */
export async function measure<R extends Reads>(method: Method<R>, job: Job<R>, occasion: Occasion): Promise<Measured> {
  if (job.data.size === 0) throw new OmlError('REQUEST_INVALID', `There are no data. ${method.wants}`);
  if (method.against === 'must' && !job.against)
    throw new OmlError('REQUEST_INVALID', `${method.name} compares two models: name the second with --against.`);
  const settings = settingsOf(method, job.settings);
  const { figures, plots = [], notes = [], product } = await method.measure({ ...job, settings });
  const { release, target, dataName, command, measuredAt } = occasion;
  const measurement = readRequest(measurementSchema, {
    format: 'oml-measurement-1',
    method: { name: method.name, version: method.version },
    release,
    target,
    data: { name: dataName, digest: dataDigest(job.data) },
    settings,
    figures,
    plots,
    notes,
    command,
    measuredAt,
  });
  return { measurement, ...(product ? { product } : {}) };
}

/** All settings of a method; those of the caller are of its names and kinds. Throws REQUEST_INVALID. */
export function settingsOf({ name, settings }: Pick<Method, 'name' | 'settings'>, said: Settings): Settings {
  for (const [key, value] of Object.entries(said)) {
    if (key === 'against') continue;
    const usual = settings[key];
    if (usual === undefined)
      throw new OmlError(
        'REQUEST_INVALID',
        `${name} has no setting "${key}". It has: ${Object.keys(settings).join(', ') || 'none'}.`,
      );
    if (typeof usual !== typeof value || (typeof value === 'number' && !(Number.isFinite(value) && value >= 0)))
      throw new OmlError(
        'REQUEST_INVALID',
        `The setting "${key}" of ${name} is a ${typeof usual} that is not negative.`,
      );
  }
  return { ...settings, ...said };
}

/** A setting that is a number. */
export const numberOf = (settings: Settings, name: string): number => Number(settings[name]);
/** A setting that is a whole number of at least `least`. Throws REQUEST_INVALID. */
export function wholeOf(settings: Settings, name: string, least = 1): number {
  const value = numberOf(settings, name);
  if (Number.isInteger(value) && value >= least && value <= 1_000_000) return value;
  throw new OmlError('REQUEST_INVALID', `The setting "${name}" takes a whole number from ${least} on.`);
}
