import { isOmlError } from '@oml/protocol/error';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TOKEN } from '../../test-support/payments.ts';
import { createDoorman, type TurnAway } from './strangers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const SIGNED = { payer: TOKEN };
const FORGED = { payer: undefined };

function isTurnedAway(turnAway: TurnAway, sent: Parameters<TurnAway>[0]): boolean {
  try {
    turnAway(sent);
    return false;
  } catch (error) {
    return isOmlError(error) && error.code === 'UNAVAILABLE';
  }
}

it('reads the payments of strangers while they are few', () => {
  const turnAway = createDoorman(3);
  for (let n = 0; n < 3; n++) expect(isTurnedAway(turnAway, FORGED)).toBe(false);
});

it('turns strangers away in a flood, and nobody who signs or has not paid yet; after it they are heard again', () => {
  const turnAway = createDoorman(3);
  for (let n = 0; n < 3; n++) turnAway(FORGED);
  expect(isTurnedAway(turnAway, FORGED)).toBe(true);
  expect(isTurnedAway(turnAway, SIGNED)).toBe(false);
  expect(isTurnedAway(turnAway, undefined)).toBe(false);
  for (let n = 0; n < 1_000; n++) isTurnedAway(turnAway, FORGED);
  vi.advanceTimersByTime(3_000);
  expect(isTurnedAway(turnAway, FORGED)).toBe(false);
});
