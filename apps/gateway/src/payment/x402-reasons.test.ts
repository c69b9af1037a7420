import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { X402_REASONS } from './x402-reasons.ts';

it.each(Object.values(X402_REASONS))('x402 itself says %s', (reason) => {
  const facilitator = createRequire(import.meta.url).resolve('@x402/evm/exact/facilitator');
  expect(readFileSync(facilitator, 'utf8')).toContain(`"${reason}"`);
});
