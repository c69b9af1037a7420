/**
 * What marking a model costs, the median of some processes of their own: node packages/fingerprint/bench/cost.ts MODEL
 * fast|hardened [runs]
 */
import { spawnSync } from 'node:child_process';
import { mark, openNamed } from './marked.ts';
import { writePart, type Figure } from './part.ts';

const [model = 'wiki2m6', profileName = 'fast', runs = '5'] = process.argv.slice(2);
const named = openNamed([model, profileName]);
const { name, profile, keys } = named;
if (runs === 'once') {
  const { seconds, rssMb } = await mark(named, keys);
  console.log(JSON.stringify({ seconds, rssMb }));
} else tell(Array.from({ length: Number(runs) }, once));

interface Cost {
  seconds: number;
  rssMb: number;
}

/** Its memory is its own. */
function once(): Cost {
  const { status, stdout, stderr } = spawnSync(process.execPath, [import.meta.filename, name, profile, 'once'], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  const cost = JSON.parse(stdout.trim().split('\n').at(-1)!) as Cost;
  console.log(`${name}, ${profile}: ${keys} keys in ${cost.seconds.toFixed(1)} s, ${cost.rssMb.toFixed(0)} MB`);
  return cost;
}

function tell(costs: readonly Cost[]): void {
  const sorted = (pick: (cost: Cost) => number): number[] => costs.map(pick).sort((a, b) => a - b);
  const [seconds, memory] = [sorted((cost) => cost.seconds), sorted((cost) => cost.rssMb)];
  const [median, most] = [seconds[seconds.length >> 1]!, memory[memory.length >> 1]!];
  const command = `node packages/fingerprint/bench/cost.ts ${name} ${profile}`;
  const figure = (metric: string, value: number, unit: string, target: string): Figure => ({
    metric: `${profile}.${metric}`,
    value,
    unit,
    target,
    anchor: `fingerprinting.md §10, two cores; median of ${costs.length} processes`,
    command,
  });
  const span = (values: readonly number[], digits: number): string =>
    `${values[0]!.toFixed(digits)} to ${values.at(-1)!.toFixed(digits)}`;
  writePart({
    name: `cost-${name}-${profile}`,
    figures:
      name === 'wiki2m6'
        ? [
            figure('seconds', median, 's', profile === 'fast' ? 'at most 10' : 'at most 60'),
            figure('rssMb', most, 'MB', 'at most 700'),
          ]
        : [],
    tables: [
      {
        title: `${name}, ${profile}: what ${keys} keys cost`,
        columns: ['seconds', 'peak memory'],
        rows: [[`${median.toFixed(1)} (${span(seconds, 1)})`, `${most.toFixed(0)} MB (${span(memory, 0)})`]],
        note: `Drafting the code book, embedding it and writing the file; median, least and most of ${costs.length} processes.`,
      },
    ],
  });
}
