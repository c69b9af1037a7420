import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analyse } from '../scripts/sources.ts';

interface Layout {
  readonly storage: readonly { label: string; slot: string; offset: number; type: string }[];
}

test('ClaimCourt and the code it delegates to lay their common storage out alike', () => {
  const selection = {
    'src/ClaimCourt.sol': { ClaimCourt: ['storageLayout'] },
    'src/DisguisedUses.sol': { DisguisedUses: ['storageLayout'] },
  };
  const { contracts } = analyse(['src'], selection);
  const own = slotsOf(contracts?.['src/ClaimCourt.sol']?.['ClaimCourt']?.storageLayout as Layout);
  const delegated = slotsOf(contracts?.['src/DisguisedUses.sol']?.['DisguisedUses']?.storageLayout as Layout);
  assert.ok(own.length > 8);
  assert.deepEqual(delegated.slice(0, own.length), own);
});

/** A struct's type carries an id of the compilation, which says nothing about its place. */
function slotsOf({ storage }: Layout): string[] {
  return storage.map(
    ({ label, slot, offset, type }) => `${slot}.${offset} ${label} ${type.replaceAll(/\)\d+_/g, ')_')}`,
  );
}
