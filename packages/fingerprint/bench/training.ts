/**
 * What training leaves of the keys, the longest of all attacks: node packages/fingerprint/bench/training.ts MODEL
 * fast|hardened
 */
import { fineTuningAttack, selfDistillationAttack, targetedAttack } from '../src/lab/training-attacks.ts';
import { allMatrixRefitAttack } from '../src/lab/training-refit.ts';
import { at, mark, openNamed, runAttacks, survivalTable } from './marked.ts';
import { writePart, type Figure } from './part.ts';

const named = openNamed(process.argv.slice(2));
const { name, profile, keys } = named;
const { specimen } = await mark(named, keys);
const points = await runAttacks(specimen, [
  fineTuningAttack,
  ...(name === 'wiki2m6' ? [allMatrixRefitAttack, selfDistillationAttack, targetedAttack] : []),
]);

const command = `node packages/fingerprint/bench/training.ts ${name} ${profile}`;
const figure = (metric: string, rate: string, target: string): Figure => ({
  metric: `${profile}.${metric}`,
  value: at(points, 'fine-tuning', `rate ${rate}, 500`),
  unit: 'fraction',
  target,
  anchor: 'fingerprinting.md §4',
  command,
});
const figures =
  name === 'wiki2m6'
    ? [figure('finetune1e4', '1e-4', 'at least .95'), figure('finetune3e4', '3e-4', 'at least .8')]
    : [];
writePart({
  name: `training-${name}-${profile}`,
  figures,
  tables: [survivalTable(`${name}, ${profile}: what training leaves of ${keys} keys`, points)],
});
