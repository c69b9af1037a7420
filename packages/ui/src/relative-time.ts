const STEPS = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** The distance of a time from `now` in words: `3 minutes ago`, `in 2 days`, `now`. */
export function relativeTime(at: Date, now: Date): string {
  const seconds = Math.round((now.getTime() - at.getTime()) / 1000);
  const [unit, length] = STEPS.find(([, size]) => Math.abs(seconds) >= size) ?? ['second', 1];
  const count = Math.round(Math.abs(seconds) / length);
  if (count === 0) return 'now';
  const words = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds > 0 ? `${words} ago` : `in ${words}`;
}

/**
 * A length of time in words, in the largest unit that loses nothing worth saying: `90` is `90 seconds`, `259200` is `3
 * days`.
 */
export function duration(seconds: number): string {
  const [unit, length] = STEPS.find(([, size]) => seconds >= size * 2 || (seconds >= size && seconds % size === 0)) ?? [
    'second',
    1,
  ];
  const count = Math.round((seconds / length) * 10) / 10;
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
