import { expect, it } from 'vitest';
import { OWNER } from '../test-support/actors.ts';
import { readPublisherOptions } from './options.ts';

const ENV = {
  RPC_URL: 'http://127.0.0.1:8545',
  OML_DEPLOYMENT: 'deployment.json',
  PORT: '4200',
  DATA_DIR: 'data',
  OWNER_SECRET: `0x${'11'.repeat(32)}`,
  AGENT_KEY: `0x${'22'.repeat(32)}`,
  PUBLIC_URL: 'http://127.0.0.1:4200',
};

it('refuses an environment with the names of what is missing', () => {
  expect(() => readPublisherOptions({ PORT: '4200' })).toThrow(
    expect.objectContaining({
      code: 'ENV_MISSING',
      details: { missing: expect.arrayContaining(['AGENT_KEY', 'OWNER_SECRET', 'PUBLIC_URL']) },
    }),
  );
});

it('takes models by invitation unless told otherwise, and then wants to know whom it invites', () => {
  const missing = expect.objectContaining({ code: 'ENV_MISSING', details: { missing: ['OWNERS'] } });
  expect(() => readPublisherOptions(ENV)).toThrow(missing);
  expect(() => readPublisherOptions({ ...ENV, OWNERS: ' , ' })).toThrow(missing);
  const OWNERS = `${OWNER.address.toLowerCase()}, ${OWNER.address}`;
  expect(readPublisherOptions({ ...ENV, OWNERS })).toMatchObject({
    PUBLISHING: 'invitation',
    OWNERS: [OWNER.address, OWNER.address],
  });
  expect(readPublisherOptions({ ...ENV, PUBLISHING: 'open' })).toMatchObject({ OWNERS: [] });
});
