import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COSTS } from '../lab/adaptive/adaptive-attack.ts';
import { usualSurvival } from './measured-survival.ts';
import { PROFILES } from './profile.ts';

const KINDS = ['language', 'classifier'] as const;
const FIGURES = new URL('../../../../docs/benchmarks/fingerprint.json', import.meta.url);

describe('what bonds are planned with where a release was not attacked', () => {
  it('never rises with what a host gives up, and is nothing beyond what was tried', () => {
    for (const kind of KINDS)
      for (const profile of PROFILES) {
        const left = COSTS.map((cost) => usualSurvival(kind, profile, cost));
        expect(left).toEqual(left.toSorted((a, b) => b - a));
        expect(usualSurvival(kind, profile, 0.11)).toBe(0);
        expect(usualSurvival(kind, profile, 0.03)).toBe(usualSurvival(kind, profile));
      }
  });

  it('is no more than the committed figures say', () => {
    const figures = JSON.parse(readFileSync(FIGURES, 'utf8')) as { metric: string; value: number }[];
    for (const profile of PROFILES)
      for (const cost of COSTS) {
        const found = figures.find(({ metric }) => metric === `adaptive.${profile}.survival${100 * cost}`);
        if (found) expect(usualSurvival('language', profile, cost), found.metric).toBeLessThanOrEqual(found.value);
      }
  });
});
