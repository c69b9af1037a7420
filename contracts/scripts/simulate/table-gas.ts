import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractsRoot } from '../forge/forge.ts';

const table = JSON.parse(readFileSync(join(contractsRoot, 'gas/table.json'), 'utf8')) as Record<string, number>;

/** Gas of a step as the benchmark recorded it (gas/table.json). */
export function tableGas(row: string): number {
  const gas = table[row];
  if (gas === undefined) throw new Error(`gas/table.json has no row ${row}: npm run bench -w contracts -- --write`);
  return gas;
}
