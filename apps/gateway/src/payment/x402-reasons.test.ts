import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { expect, it } from 'vitest';
import { CHANNEL_REASONS, X402_REASONS } from './x402-reasons.ts';

it.each(Object.values(X402_REASONS))('x402 itself says %s', (reason) => {
  const facilitator = createRequire(import.meta.url).resolve('@x402/evm/exact/facilitator');
  expect(readFileSync(facilitator, 'utf8')).toContain(`"${reason}"`);
});

it.each(Object.values(CHANNEL_REASONS))('x402 itself says %s of a channel', (reason) => {
  const resolve = createRequire(import.meta.url).resolve;
  const parts = ['server', 'facilitator'].map((part) => resolve(`@x402/evm/batch-settlement/${part}`));
  expect(parts.map((part) => readFileSync(part, 'utf8')).join()).toContain(`"${reason}"`);
});
