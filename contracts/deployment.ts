import { readFileSync } from 'node:fs';
import { deploymentSchema, type Deployment } from '@oml/protocol/chain/deployment';
import { OmlError } from '@oml/protocol/error';

/** Reads the addresses of one deployment from the file that the deploy step wrote. Throws DEPLOYMENT_MISSING. */
export function readDeployment(path: string): Deployment {
  try {
    return deploymentSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new OmlError(
      'DEPLOYMENT_MISSING',
      `No readable deployment at ${path}: deploy the contracts first (npm start does).`,
      { cause },
    );
  }
}
