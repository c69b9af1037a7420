import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contrastRatio } from './contrast.ts';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const colours = new Map(
  [...css.matchAll(/--color-([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)/g)].map(([, name, light, dark]) => [
    name!,
    { light: light!, dark: dark! },
  ]),
);

const MEANINGS = ['accent', 'money', 'risk', 'slashed', 'evidence'];
const TEXTS = ['ink', 'ink-soft', 'ink-faint', ...MEANINGS, 'accent-strong'];
const PAPERS = ['page', 'surface', 'raised'];
const PAIRS = [
  ...TEXTS.flatMap((text) => PAPERS.map((paper) => [text, paper] as const)),
  ...MEANINGS.map((meaning) => [meaning, `${meaning}-soft`] as const),
  ...MEANINGS.map((meaning) => ['ink', `${meaning}-soft`] as const),
  ['on-accent', 'accent'],
  ['on-accent', 'accent-strong'],
] as const;

describe('tokens', () => {
  for (const mode of ['light', 'dark'] as const)
    it.each(PAIRS)(`keeps %s on %s readable in ${mode} mode`, (text, paper) => {
      expect(contrastRatio(colours.get(text)![mode], colours.get(paper)![mode])).toBeGreaterThanOrEqual(4.5);
    });

  it('computes the ratio of black on white as WCAG does', () => {
    expect(contrastRatio('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrastRatio('#777777', '#ffffff')).toBeCloseTo(4.48, 2);
  });
});
