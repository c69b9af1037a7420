import { describe, expect, it } from 'vitest';
import { duration, relativeTime } from './relative-time.ts';
import { shortHex } from './short-hex.ts';

describe('shortHex', () => {
  it('keeps the first six and the last four characters', () =>
    expect(shortHex('0x70997970C51812dc3A010C7d01b50e0d17dc79C8')).toBe('0x7099…79C8'));
  it('leaves short texts whole', () => expect(shortHex('0x12345678')).toBe('0x12345678'));
});

describe('relativeTime', () => {
  const now = new Date('2026-01-10T12:00:00Z');
  it.each([
    ['2026-01-10T12:00:00Z', 'now'],
    ['2026-01-10T11:59:59Z', '1 second ago'],
    ['2026-01-10T11:57:00Z', '3 minutes ago'],
    ['2026-01-10T14:00:00Z', 'in 2 hours'],
    ['2026-01-08T12:00:00Z', '2 days ago'],
  ])('puts %s into words', (at, words) => expect(relativeTime(new Date(at), now)).toBe(words));
});

describe('duration', () => {
  it.each([
    [1, '1 second'],
    [12, '12 seconds'],
    [90, '90 seconds'],
    [3600, '1 hour'],
    [172_800, '2 days'],
    [259_200, '3 days'],
    [1_814_400, '21 days'],
  ])('writes %s seconds', (seconds, words) => expect(duration(seconds)).toBe(words));
});
