import type { MeasuredEndpoint } from './shown-host.ts';

/** A share in per cent that is whole only where nothing is missing: 287 of 288 are 99.7 %. */
export function uptimeWords({ looks, up }: Pick<MeasuredEndpoint, 'looks' | 'up'>): string {
  if (looks === 0) return 'not looked at';
  return `${Math.floor((up / looks) * 1000) / 10} %`;
}

/** A time that an answer takes: `840 ms`, `2.4 s`. */
export const tookWords = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
