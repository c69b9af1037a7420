import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findFaults, readMutations, readRules } from '../scripts/rules/page.ts';

const solidity = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.sol'))
  .map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  .join('\n');
const defined = new Set([...solidity.matchAll(/function ((?:test|testFuzz|invariant)_\w+)/g)].map(([, name]) => name!));
const spec = readFileSync(join(import.meta.dirname, '../../docs/specs/contracts.md'), 'utf8');

test('the specification names only tests that exist', () => {
  const named = [...spec.matchAll(/`((?:test|testFuzz|invariant)_\w+)`/g)].map(([, name]) => name!);
  assert.ok(named.length > 60, 'the specification names the test that answers each attack');
  assert.deepEqual(
    named.filter((name) => !defined.has(name)),
    [],
  );
});

test('the specification names every invariant', () => {
  const invariants = [...defined].filter((name) => name.startsWith('invariant_'));
  assert.ok(invariants.length >= 16);
  assert.deepEqual(
    invariants.filter((name) => !spec.includes(`\`${name}\``)),
    [],
  );
});

test('every rule that a contract keeps is mutated, where it stands, and names tests that exist', () => {
  const rules = readRules();
  assert.ok(rules.length > 200, 'the page numbers every rule of the protocol');
  assert.deepEqual(findFaults(rules, readMutations()), []);
});
