#!/usr/bin/env node
// solc as forge calls it (--version, --standard-json), from the npm package that Hardhat uses.
// OML_SOLC_INPUT names a file for what the compiler was given: the mutants start from it.
import { readFileSync, writeFileSync } from 'node:fs';
import solc from 'solc';

if (process.argv.includes('--version')) {
  console.log(`solc, the solidity compiler\nVersion: ${solc.version()}`);
} else {
  const input = readFileSync(0, 'utf8');
  if (process.env.OML_SOLC_INPUT) writeFileSync(process.env.OML_SOLC_INPUT, input);
  process.stdout.write(solc.compile(input));
}
