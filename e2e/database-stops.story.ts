import { expect, it } from 'vitest';
import { deploymentPath } from '../scripts/stack/layout.ts';
import { stopDatabase } from './database-stops.ts';
import { urlOf } from './stack.ts';

it('a database that stops under visitors costs them a 503 for a while, and nothing else', async () => {
  const seen = await stopDatabase({ rpcUrl: urlOf('chain'), deploymentPath, stops: 4 });
  expect(seen).toMatchObject({ recovered: 4, idleInTransaction: 0 });
  expect(seen.statuses[200]).toBeGreaterThan(0);
  expect(seen.statuses[503]).toBeGreaterThan(0);
  expect(Object.keys(seen.statuses).toSorted()).toEqual(['200', '503']);
});
