import { drandBeaconAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { beaconValue } from '@oml/protocol/evidence/beacon';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { replaceBeacon, startRelays, testDrand } from '@oml/service/test-support/drand-server';
import { toHex, type Hex } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AGENT, KEYS } from '../../test-support/actors.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';

const options = { seed: toHex('a drand for publishers'), genesis: 1_700_000_000n, period: 1n };
const drand = testDrand(options);
let chain: DevChain;
let on: PublisherOnChain;
let relays: Awaited<ReturnType<typeof startRelays>>;

beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1 });
  await replaceBeacon(chain, options, { delay: 2n, backdating: 0n, postWindow: 3_600n });
  relays = await startRelays(drand);
  on = await startPublisherOnChain({ chain, options: relays.env });
}, PATIENCE_MS);
afterAll(async () => {
  await on?.stop();
  await relays?.stop();
  await chain?.stop();
});

it(
  'a publication takes its round from the relay that has it, past one that is down and one that lies',
  async () => {
    const modelId = await on.publish();
    const { beacon, modelRegistry } = chain.deployment.contracts;
    const posts = (await on.events(drandBeaconAbi, beacon, 'BeaconPosted')) as {
      args: { round: bigint; value: Hex };
    }[];
    expect(posts).toHaveLength(1);
    const { round, value } = posts[0]!.args;
    expect(value).toBe(beaconValue(drand.sign(round)));
    const { publicClient } = chain.as(KEYS.OUTSIDER);
    const book = { address: modelRegistry, abi: modelRegistryAbi, functionName: 'codeBookOf' } as const;
    expect((await publicClient.readContract({ ...book, args: [modelId, 1] }))[1]).toBe(value);
    expect(relays.lying.asked()).toBeGreaterThan(0);
    // Terms, an allowance for the fee, commitment, round, model: nothing was sent for the lie.
    expect(await publicClient.getTransactionCount({ address: AGENT.address })).toBe(5);
  },
  PATIENCE_MS,
);
