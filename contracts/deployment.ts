import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { deploymentSchema, type Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';

/**
 * Reads the addresses of one deployment from the file that the deploy step wrote. A relative path is looked up from
 * here and from where npm was called, which is elsewhere where npm runs the script of a workspace. Throws
 * DEPLOYMENT_MISSING.
 */
export function readDeployment(path: string): Deployment {
  const fromCaller = resolve(process.env['INIT_CWD'] ?? '.', path);
  const file = existsSync(path) ? resolve(path) : fromCaller;
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const what = existsSync(file) ? `${file} is no deployment` : `There is no file ${file}`;
    throw new OmlError(
      'DEPLOYMENT_MISSING',
      `${what}: name the one with the addresses of the contracts (OML_DEPLOYMENT). Who deployed them gives it out; for a chain of your own, npm start writes it.`,
      { cause },
    );
  }
}
