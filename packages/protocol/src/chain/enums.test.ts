import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLAIM_STATE, CLAIM_STATES, isOpenClaim, OFFENCE, OFFENCES } from './claim-state.ts';
import { LICENSE_STATE, LICENSE_STATES, SUSPENSIONS } from './license-state.ts';

/** Members of a Solidity enum in their order; the ABI knows only their number. */
function solidityEnum(file: string, name: string): string[] {
  const source = readFileSync(join(import.meta.dirname, '../../../../contracts/src/interfaces', file), 'utf8');
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(source)![1]!;
  return body.replaceAll(/\/\/.*$/gm, '').match(/[A-Z_]+/g)!;
}
const named = (names: readonly string[]) => names.map((name) => name.toUpperCase().replaceAll('-', '_'));

describe('chain enums', () => {
  it.each([
    ['Claims.sol', 'ClaimState', CLAIM_STATES],
    ['Claims.sol', 'Offence', OFFENCES],
    ['ILicenseRegistry.sol', 'LicenseState', LICENSE_STATES],
    ['ILicenseRegistry.sol', 'Suspension', SUSPENSIONS],
  ])('%s %s has our names in our order', (file, name, ours) => expect(named(ours)).toEqual(solidityEnum(file, name)));

  it('numbers follow the names', () => {
    expect(Object.entries(CLAIM_STATE)).toEqual(named(CLAIM_STATES).map((name, i) => [name, i]));
    expect(Object.entries(LICENSE_STATE)).toEqual(named(LICENSE_STATES).map((name, i) => [name, i]));
    expect(Object.values(OFFENCE)).toEqual([1, 2, 3]);
  });

  it('only a claim that is proven or contested is open', () =>
    expect(Object.values(CLAIM_STATE).filter(isOpenClaim)).toEqual([CLAIM_STATE.PROVING, CLAIM_STATE.CONTESTED]));
});
