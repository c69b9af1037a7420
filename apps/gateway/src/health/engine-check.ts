import { withModelFiles } from '@oml/onnx/file/node-files';
import { openStored } from '@oml/onnx/file/stored-model';
import { engineSays, testEngine } from '@oml/onnx/selftest/test-engine';
import type { Engine } from '@oml/onnx/runner';
import { resolve } from 'node:path';
import type { Backends } from '../engine/backends.ts';
import { servingEngine } from '../engine/serving-engine.ts';
import { readListings } from '../license/listings.ts';
import { fail, ok, type Check, type Finding } from './check.ts';

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
      if (backends.has(model) || backends.has(String(licenseId))) {
        findings.push(ok(`${model} runs at another engine, which answers a call of the gateway's before it serves.`));
        continue;
      }
      const { right, wrong, untried } = await withModelFiles(resolve(dataDir, folder), async (files) =>
        testEngine(await openStored(files), engineFor(files.model.size)),
      );
      const found = `${right.length} operators of ${model} are computed as plain arithmetic does`;
      if (wrong.length > 0)
        findings.push(
          fail(
            `ENGINE_WRONG: ${engineSays(wrong)} ${model} is not served here.`,
            'Serve it on another machine, or update the engine (npm ci) and look again.',
          ),
        );
      else findings.push(ok(untried.length > 0 ? `${found}; not tried: ${untried.join(', ')}.` : `${found}.`));
    }
    return findings.length > 0 ? findings : ok('Nothing is served yet.');
  };
