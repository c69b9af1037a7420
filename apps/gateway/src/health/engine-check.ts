import { withModelFiles } from '@oml/onnx/file/node-files';
import { openStored } from '@oml/onnx/file/stored-model';
import { engineSays, testEngine } from '@oml/onnx/selftest/test-engine';
import type { Engine } from '@oml/onnx/runner';
import { isOmlError } from '@oml/protocol/error';
import { resolve } from 'node:path';
import type { Backends } from '../engine/backends.ts';
import { servingEngine } from '../engine/serving-engine.ts';
import { readListings } from '../license/listings.ts';
import { fail, ok, warn, type Check, type Finding } from './check.ts';

interface Tested {
  dataDir: string;
  backends: Backends;
  engineFor?: (bytes: number) => Engine;
}

/** Does this machine's engine compute what each served model uses as plain arithmetic does? */
export const checkEngines =
  ({ dataDir, backends, engineFor = servingEngine }: Tested): Check =>
  async () => {
    const findings: Omit<Finding, 'name'>[] = [];
    for (const { model, licenseId, folder } of readListings(dataDir)) {
      if (backends.has(model) || backends.has(String(licenseId)))
        findings.push(ok(`${model} runs at another engine, which answers a call of the gateway's before it serves.`));
      else findings.push(await tryEngine(model, resolve(dataDir, folder), engineFor).catch(unreadable(model)));
    }
    return findings.length > 0 ? findings : ok('Nothing is served yet.');
  };

async function tryEngine(model: string, folder: string, engineFor: NonNullable<Tested['engineFor']>) {
  const { right, wrong, untried } = await withModelFiles(folder, async (files) =>
    testEngine(await openStored(files), engineFor(files.model.size)),
  );
  if (wrong.length > 0)
    return fail(
      `ENGINE_WRONG: ${engineSays(wrong)} ${model} is not served here.`,
      'Serve it on another machine, or update the engine (npm ci) and look again.',
    );
  const found = `${right.length} operators of ${model} are computed as plain arithmetic does`;
  return ok(untried.length > 0 ? `${found}; not tried: ${untried.join(', ')}.` : `${found}.`);
}

/** A file that is damaged says nothing of the engine; the check of licenses tells what to do about it. */
const unreadable = (model: string) => (error: unknown) => {
  if (!isOmlError(error)) throw error;
  return warn(`The engine was not tried on ${model}: ${error.message}`, 'See what is said of its license.');
};
