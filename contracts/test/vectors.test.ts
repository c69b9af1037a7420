import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeVectors } from '../testing/vectors.ts';

test('packages/protocol reproduces the vectors that Solidity is tested against', async () => {
  const stored: unknown = JSON.parse(readFileSync(join(import.meta.dirname, 'vectors.json'), 'utf8'));
  assert.deepEqual(
    JSON.parse(JSON.stringify(await makeVectors())),
    stored,
    'run npm run vectors -w contracts if the change is meant',
  );
});
