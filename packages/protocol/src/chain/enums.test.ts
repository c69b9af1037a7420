import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BLAME_FINDINGS, BLAME_STATES } from './blame-state.ts';
import { CLAIM_STATE, CLAIM_STATES, isOpenClaim, OFFENCE, OFFENCES } from './claim-state.ts';
import { LICENSE_STATE, LICENSE_STATES, SUSPENSIONS } from './license-state.ts';
import {
  COMMITTEE_STATE,
  COMMITTEE_STATES,
  REPORT_KINDS,
  REPORT_OUTCOME,
  REPORT_OUTCOMES,
  REPORT_STATE,
  REPORT_STATES,
} from './report-state.ts';

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
    ['ILeakCourt.sol', 'ReportKind', REPORT_KINDS],
    ['ILeakCourt.sol', 'ReportState', REPORT_STATES],
    ['ILeakCourt.sol', 'Outcome', REPORT_OUTCOMES],
    ['ICommittees.sol', 'CommitteeState', COMMITTEE_STATES],
    ['IBlames.sol', 'BlameState', BLAME_STATES],
    ['IBlames.sol', 'Finding', BLAME_FINDINGS],
  ])('%s %s has our names in our order', (file, name, ours) => expect(named(ours)).toEqual(solidityEnum(file, name)));

  it('numbers follow the names', () => {
    expect(Object.entries(CLAIM_STATE)).toEqual(named(CLAIM_STATES).map((name, i) => [name, i]));
    expect(Object.entries(LICENSE_STATE)).toEqual(named(LICENSE_STATES).map((name, i) => [name, i]));
    expect(Object.entries(REPORT_STATE)).toEqual(named(REPORT_STATES).map((name, i) => [name, i]));
    expect(Object.entries(REPORT_OUTCOME)).toEqual(named(REPORT_OUTCOMES).map((name, i) => [name, i]));
    expect(Object.entries(COMMITTEE_STATE)).toEqual(named(COMMITTEE_STATES).map((name, i) => [name, i]));
    expect(Object.values(OFFENCE)).toEqual([1, 2, 3]);
  });

  it('only a claim that is proven, contested or blamed is open', () =>
    expect(Object.values(CLAIM_STATE).filter(isOpenClaim)).toEqual([
      CLAIM_STATE.PROVING,
      CLAIM_STATE.CONTESTED,
      CLAIM_STATE.BLAMED,
    ]));
});
