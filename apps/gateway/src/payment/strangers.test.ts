import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { TOKEN } from '../../test-support/payments.ts';
import { createDoorman } from './strangers.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

const doorman = () => createDoorman(async (header) => (header === 'signed' ? TOKEN : undefined), 3);
const isTurnedAway = (work: Promise<void>) =>
  work.then(
    () => false,
    (error: { code: string }) => error.code === 'UNAVAILABLE',
  );

it('reads the payments of strangers while they are few', async () => {
  const { payerOf, turnAway } = doorman();
  for (let n = 0; n < 3; n++) {
    expect(await isTurnedAway(turnAway('forged'))).toBe(false);
    await payerOf('forged');
  }
});

it('turns strangers away in a flood, and nobody who signs or has not paid yet; after it they are heard again', async () => {
  const { payerOf, turnAway } = doorman();
  for (let n = 0; n < 3; n++) await payerOf('forged');
  expect(await isTurnedAway(turnAway('forged'))).toBe(true);
  expect(await isTurnedAway(turnAway('signed'))).toBe(false);
  expect(await isTurnedAway(turnAway(undefined))).toBe(false);
  for (let n = 0; n < 1_000; n++) await isTurnedAway(turnAway('forged'));
  vi.advanceTimersByTime(3_000);
  expect(await isTurnedAway(turnAway('forged'))).toBe(false);
});
