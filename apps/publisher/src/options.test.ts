import { expect, it } from 'vitest';
import { readPublisherOptions } from './options.ts';

it('refuses an environment with the names of what is missing', () => {
  expect(() => readPublisherOptions({ PORT: '4200' })).toThrow(
    expect.objectContaining({
      code: 'ENV_MISSING',
      details: { missing: expect.arrayContaining(['AGENT_KEY', 'OWNER_SECRET', 'OWNERS']) },
    }),
  );
});
