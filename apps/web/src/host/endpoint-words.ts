import type { MeasuredEndpoint, ShownHost } from './shown-host.ts';

/** So many looks in vain make an endpoint a dead one. */
const LOOKS_IN_VAIN = 6;

type Looked = Pick<MeasuredEndpoint, 'looks' | 'up'>;

/** Did verifiers look often enough, and never find anything? What nobody looked at is not dead. */
export const isDead = (measured: readonly Looked[]): boolean =>
  measured.some(({ looks }) => looks >= LOOKS_IN_VAIN) && measured.every(({ up }) => up === 0);

/** May a buyer be sent there? */
export const answersNow = ({ license, measured }: Pick<ShownHost, 'license' | 'measured'>): boolean =>
  (license.state === 'active' || license.state === 'closing') && !isDead(measured);

/** A share in per cent that is whole only where nothing is missing: 287 of 288 are 99.7 %. */
export function uptimeWords({ looks, up }: Looked): string {
  if (looks === 0) return 'not looked at';
  return `${Math.floor((up / looks) * 1000) / 10} %`;
}

/** A time that an answer takes: `840 ms`, `2.4 s`. */
export const tookWords = (ms: number): string => (ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`);
