import { join, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Everything a running stack writes lives here; OML_STATE moves it, so that tests never touch a person's own stack. */
export const stateDir = process.env['OML_STATE'] ?? join(root, '.oml');
export const inState = (...parts: string[]) => join(stateDir, ...parts);

const offset = Number(process.env['OML_PORT_OFFSET'] ?? 0);

/** Port of every part, by name; OML_PORT_OFFSET moves them all. */
export const ports = {
  web: 3000 + offset,
  indexer: 4100 + offset,
  publisher: 4200 + offset,
  'child publisher': 4201 + offset,
  'honest gateway': 4301 + offset,
  'tardy gateway': 4302 + offset,
  'cheating gateway': 4303 + offset,
  'baited gateway': 4304 + offset,
  'defiant gateway': 4305 + offset,
  'drained gateway': 4306 + offset,
  verifier: 4400 + offset,
  'first juror': 4401 + offset,
  'second juror': 4402 + offset,
  PostgreSQL: 5549 + offset,
  chain: 8545 + offset,
} as const;
export type PartName = keyof typeof ports;

export const urlOf = (part: PartName) => `http://127.0.0.1:${ports[part]}`;
export const databaseUrl = `postgresql://postgres:postgres@127.0.0.1:${ports.PostgreSQL}/oml`;
export const deploymentPath = inState('deployment.json');
