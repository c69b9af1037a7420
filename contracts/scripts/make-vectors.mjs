// All keys and salts are fixed, so that the file changes only where a rule changes.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVectors } from '../testing/vectors.ts';
import { readFlags } from './flags.ts';

const HELP = `npm run vectors -w contracts

Writes test/vectors.json: inputs and results of every hash of packages/protocol, which the Solidity tests must
reproduce.

  --help  this text`;
readFlags(HELP, {});

writeFileSync(join(import.meta.dirname, '../test/vectors.json'), `${JSON.stringify(await makeVectors(), null, 2)}\n`);
