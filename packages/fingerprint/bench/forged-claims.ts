/**
 * How often an owner who lies is believed: `node packages/fingerprint/bench/forged-claims.ts [batches] [models …]`.
 * Prints and keeps the figures.
 */
import { nodeEngine } from '@oml/onnx/runner-node';
import { forgeClaims } from '../src/lab/forged-claims.ts';
import { openSubject } from '../src/subject/subject.ts';
import { subjects } from '../test-support/bench-subjects.ts';
import { writePart, type Figure, type Part } from './part.ts';

const [given = '100000', ...names] = process.argv.slice(2);
const batches = Number(given);
const command = 'node packages/fingerprint/bench/forged-claims.ts';
const tables: Part['tables'] = [];
/** Of a rate, as multiples of the bound: the worst over all rules that were met at all. */
let worst = 0;

for (const name of names.length > 0 ? names : ['fable-mini', 'wiki2m6', 'digits']) {
  const opened = subjects[name]?.();
  if (!opened) continue;
  const control = openSubject(opened.files, nodeEngine());
  const bits = control.inspection.kind === 'language' ? 4 : 3;
  const rows = await forgeClaims({
    control,
    ordinary: opened.ordinary,
    cases: [
      { bits, keys: 64 },
      { bits, keys: 8 },
    ],
    batches,
  });
  for (const { rule, keys, rate, bound } of rows)
    console.log(`${name}, ${keys} keys of ${bits} bits, ${rule}: ${rate} of at most ${bound.toPrecision(3)}`);
  worst = Math.max(worst, ...rows.map(({ rate, bound }) => rate / bound));
  tables.push({
    title: `Forged claims against the clean ${name}: ${batches.toLocaleString('en')} batches per code book`,
    columns: ['rule', 'code book', 'believed', 'bound'],
    rows: rows.map(({ rule, keys, rate, bound }) => [rule, `${keys} keys, ${bits} bits`, rate, bound]),
    note: 'The owner committed what the model answers anyway; the beacon chose afterwards.',
  });
}
const figure: Figure = {
  metric: 'forged.worstShareOfBound',
  value: worst,
  unit: 'fraction',
  target: 'at most 1',
  anchor: "protocol §5, Ville's inequality",
  command,
};
writePart({ name: 'forged-claims', figures: [figure], tables });
