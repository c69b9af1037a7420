import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { toldEndpointsSigner } from '@oml/protocol/signed/told-endpoints';
import { LONGEST_ENDPOINT, toldEndpointsSchema } from '@oml/protocol/wire/endpoint-figures';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, it } from 'vitest';
import type { LicenseView } from '../chain/hosts.ts';
import type { Look } from './figures.ts';
import { createEndpointTelling } from './tell.ts';

const REGISTRY = { chainId: 31_337, verifierRegistry: '0x5FbDB2315678afecb367f032d93F642f64180aa3' } as const;
const account = privateKeyToAccount(generatePrivateKey());
const chain = { account, deployment: { chainId: REGISTRY.chainId, contracts: REGISTRY } } as never;
const none = { tookMs: null, tokensPerSecond: null, asked: null, holds: null };
const look = (): Look => ({ at: Date.now() - 1_000, kind: 'look', isUp: true, ...none });

it('tells what an index takes, whatever endpoint some host names', async () => {
  const endpoints = [
    'http://good.example',
    `http://${'x'.repeat(LONGEST_ENDPOINT)}`,
    '\u0000"\u{1F98A}',
    'never looked at',
  ];
  const licenses = endpoints.map((endpoint, i) => ({
    licenseId: BigInt(i),
    modelId: 1n,
    endpoint,
    state: LICENSE_STATE.ACTIVE,
  }));
  const closed = { ...licenses[0], licenseId: 9n, state: LICENSE_STATE.CLOSED };
  const tell = createEndpointTelling(
    chain,
    { licenses: async () => [...licenses, closed] as LicenseView[] },
    { add: async () => {}, forget: async () => {}, of: async (id) => (id === 3n ? [] : [look()]) },
  );
  const told = JSON.parse(JSON.stringify(await tell())) as Awaited<ReturnType<typeof tell>>;
  expect(toldEndpointsSchema.parse(told).endpoints.map(({ endpoint }) => endpoint)).toEqual([
    endpoints[0],
    endpoints[2],
  ]);
  expect(await toldEndpointsSigner(told, REGISTRY)).toBe(account.address);
  const changed = { ...told, at: new Date(0).toISOString() };
  expect(await toldEndpointsSigner(changed, REGISTRY)).not.toBe(account.address);
});
