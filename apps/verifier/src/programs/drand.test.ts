import { drandBeaconAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { beaconValue } from '@oml/protocol/evidence/beacon';
import { replaceBeacon, startRelays, testDrand } from '@oml/service/test-support/drand-server';
import { keccak256, toHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import type { TestHost } from '../../test-support/host.ts';
import { cleanModel, fund, publishMarked, publishModel, type MarkedModel } from '../../test-support/market.ts';
import { startLicensedHost, startVerifierOnChain, type VerifierOnChain } from '../../test-support/verifier-on-chain.ts';

const options = { seed: toHex('a drand for verifiers'), genesis: 1_700_000_000n, period: 1n };
const drand = testDrand(options);
let chain: DevChain;
let marked: MarkedModel;
let host: TestHost;
let on: VerifierOnChain;
let relays: Awaited<ReturnType<typeof startRelays>>;

beforeAll(async () => {
  chain = await startDevChain();
  marked = await publishMarked(chain, KEYS.OWNER);
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, marked.publisher.url);
  ({ host } = await startLicensedHost(chain, KEYS.CLEAN, modelId, cleanModel));
  await fund(chain, KEYS.VERIFIER, 100n);
  // What was published stands: from now on rounds are drand's.
  await replaceBeacon(chain, options, { delay: 2n, backdating: 0n, postWindow: 3_600n });
  relays = await startRelays(drand);
  on = await startVerifierOnChain(chain, relays.env);
});
afterAll(async () => {
  await on?.verifier.stop();
  await Promise.all([relays?.stop(), host?.stop()]);
  marked?.publisher.stop();
  await chain?.stop();
});

it('an audit draws its keys by the relay that has the round, past one that is down and one that lies', async () => {
  const { beacon, verifierRegistry } = chain.deployment.contracts;
  const { publicClient } = chain.as(KEYS.OUTSIDER);
  const audit = await on.ended(
    await on.orderAudit({
      kind: 'disguise',
      account: privateKeyToAccount(KEYS.CLEAN).address,
      modelId: String(marked.modelId),
    }),
  );
  expect(audit).toMatchObject({ state: 'done', outcome: 'inconclusive' });
  expect(audit.evidence!.score).toBeLessThan(0);
  const { tx } = audit.steps.find(({ name }) => name === 'draw')!;
  const posts = await publicClient.getContractEvents({
    address: beacon,
    abi: drandBeaconAbi,
    eventName: 'BeaconPosted',
    fromBlock: 0n,
    strict: true,
  });
  const drawn = posts.filter(({ transactionHash }) => transactionHash === tx);
  expect(drawn.map(({ args }) => args.value)).toEqual(drawn.map(({ args }) => beaconValue(drand.sign(args.round))));
  expect(drawn).toHaveLength(1);
  const batches = await publicClient.getContractEvents({
    address: verifierRegistry,
    abi: verifierRegistryAbi,
    eventName: 'BatchCommitted',
    fromBlock: 0n,
    strict: true,
  });
  expect(batches.map(({ args }) => args.round)).toEqual([drawn[0]!.args.round]);
  expect(await on.count('verifierRegistry', 'BatchOpened')).toBe(1);
  expect(relays.lying.asked()).toBeGreaterThan(0);
});
