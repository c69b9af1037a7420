import { isOmlError } from '@oml/protocol/error';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TOKEN } from '../../test-support/payments.ts';
import { createDoorman, type TurnAway } from './strangers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const SIGNED = { payer: TOKEN };
const FORGED = { payer: undefined };

function isTurnedAway(turnAway: TurnAway, sent: Parameters<TurnAway>[0], peer = 'here'): boolean {
  try {
    turnAway(sent, peer);
    return false;
  } catch (error) {
    return isOmlError(error) && error.code === 'UNAVAILABLE';
  }
}

it('reads the payments of strangers while they are few', () => {
  const turnAway = createDoorman({ heard: 3 });
  for (let n = 0; n < 3; n++) expect(isTurnedAway(turnAway, FORGED)).toBe(false);
});

it('turns strangers away in a flood, and nobody who signs or has not paid yet; after it they are heard again', () => {
  const turnAway = createDoorman({ heard: 3 });
  for (let n = 0; n < 3; n++) turnAway(FORGED, 'here');
  expect(isTurnedAway(turnAway, FORGED)).toBe(true);
  expect(isTurnedAway(turnAway, SIGNED)).toBe(false);
  expect(isTurnedAway(turnAway, undefined)).toBe(false);
  for (let n = 0; n < 1_000; n++) isTurnedAway(turnAway, FORGED);
  vi.advanceTimersByTime(3_000);
  expect(isTurnedAway(turnAway, FORGED)).toBe(false);
});

it('hears few of one address, whose flood takes nothing from the others', () => {
  const turnAway = createDoorman({ heard: 5, heardOfPeer: 2 });
  const heardOf = (peer: string) => Array.from({ length: 10 }, () => isTurnedAway(turnAway, FORGED, peer));
  expect(heardOf('one').filter((isAway) => !isAway)).toHaveLength(2);
  expect(heardOf('two').filter((isAway) => !isAway)).toHaveLength(2);
  expect(isTurnedAway(turnAway, SIGNED, 'one')).toBe(false);
  // All addresses together are heard no more than a gateway bears.
  expect(heardOf('three').filter((isAway) => !isAway)).toHaveLength(1);
});

it('remembers few addresses, those that came last', () => {
  const turnAway = createDoorman({ heard: 1e9, heardOfPeer: 1 });
  turnAway(FORGED, 'first');
  for (let n = 0; n < 9_999; n++) turnAway(FORGED, String(n));
  expect(isTurnedAway(turnAway, FORGED, 'first')).toBe(true);
  for (let n = 0; n < 10_000; n++) turnAway(FORGED, `other ${n}`);
  expect(isTurnedAway(turnAway, FORGED, 'first')).toBe(false);
});
