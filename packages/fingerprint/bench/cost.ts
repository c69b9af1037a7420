/** What marking a model costs, in a process of its own so that its memory is its own: node packages/fingerprint/bench/cost.ts MODEL fast|hardened */
import { mark, openNamed } from './marked.ts';
import { writePart, type Figure } from './part.ts';

const named = openNamed(process.argv.slice(2));
const { name, profile, keys } = named;
const { seconds, rssMb } = await mark(named, keys);
console.log(`${name}, ${profile}: ${keys} keys in ${seconds.toFixed(1)} s, ${rssMb.toFixed(0)} MB`);

const target = profile === 'fast' ? 'at most 10' : 'at most 60';
const command = `node packages/fingerprint/bench/cost.ts ${name} ${profile}`;
const figure = (metric: string, value: number, unit: string, wanted: string): Figure => ({ metric: `${profile}.${metric}`, value, unit, target: wanted, anchor: 'fingerprinting.md §10, two cores', command });
writePart({
  name: `cost-${name}-${profile}`,
  figures: name === 'wiki2m6' ? [figure('seconds', seconds, 's', target), figure('rssMb', rssMb, 'MB', 'at most 700')] : [],
  tables: [{ title: `${name}, ${profile}: what ${keys} keys cost`, columns: ['seconds', 'most memory'], rows: [[seconds.toFixed(1), `${rssMb.toFixed(0)} MB`]], note: 'Drafting the code book, embedding it and writing the file.' }],
});
