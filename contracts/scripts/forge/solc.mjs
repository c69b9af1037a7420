#!/usr/bin/env node
// solc as forge calls it (--version, --standard-json), from the npm package that Hardhat uses.
// OML_SOLC_INPUT names a file for what the compiler was given: the mutants start from it.
// OML_SOLC_CACHE names a folder of answers: forge has sources analysed at every start, though none has changed.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const cache = process.env.OML_SOLC_CACHE;
const question = process.argv.includes('--version') ? 'version' : readFileSync(0, 'utf8');
if (process.env.OML_SOLC_INPUT && question !== 'version') writeFileSync(process.env.OML_SOLC_INPUT, question);
process.stdout.write(cache ? cached(question) : answer(question));

function answer(input) {
  const solc = require('solc');
  return input === 'version' ? `solc, the solidity compiler\nVersion: ${solc.version()}\n` : solc.compile(input);
}

function cached(input) {
  const { version } = require('solc/package.json');
  const file = join(cache, createHash('sha256').update(`${version}\n${input}`).digest('hex'));
  if (existsSync(file)) return readFileSync(file, 'utf8');
  const output = answer(input);
  mkdirSync(cache, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, output);
  renameSync(`${file}.${process.pid}`, file);
  return output;
}
