import { drandBeaconAbi } from '@oml/contracts/abis';
import { startAnvil, type TestChain } from '@oml/program/test-support/anvil';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { beaconValue } from '@oml/protocol/evidence/beacon';
import { toHex, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployDrandBeacon, testDrand, type DrandServer } from '../test-support/drand-server.ts';
import { devKey } from '../test-support/dev-chain.ts';
import { connectBeacon, type Beacon } from './beacon.ts';
import { connectChain, type Chain } from './chain.ts';
import { until } from './wait.ts';

const drandOptions = { seed: toHex('our drand'), genesis: 1_700_000_000n, period: 1n };
const POST_WINDOW = 3_600n;
const drand = testDrand(drandOptions);
const servers: DrandServer[] = [];
let anvil: TestChain;
let chain: Chain;
let address: Address;

beforeAll(async () => {
  anvil = await startAnvil();
  await anvil.testClient.setIntervalMining({ interval: 1 }); // a chain whose clock goes on by itself
  const client = { wallet: anvil.wallet(), publicClient: anvil.publicClient };
  address = await deployDrandBeacon(client, drandOptions, { delay: 1n, backdating: 0n, postWindow: POST_WINDOW });
  const deployment = { chainId: 31337, deployedAtBlock: 0, contracts: { beacon: address } } as unknown as Deployment;
  chain = connectChain({ rpcUrl: anvil.rpcUrl, deployment, key: devKey(3) });
});
afterAll(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  await anvil?.stop();
});

async function relay(answer?: (round: bigint) => Response): Promise<DrandServer> {
  const server = await drand.startRelay(answer);
  servers.push(server);
  return server;
}
const lying = (signature: (round: bigint) => Hex) => (round: bigint) =>
  Response.json({ round: Number(round), signature: signature(round).slice(2) });
const connect = (...relays: string[]) => connectBeacon({ chain, relays, chainHash: drand.chainHash });
const valueOf = async (beacon: Beacon, round: bigint) => (await beacon.valueOf(round))?.value;
const now = () => BigInt(Math.floor(Date.now() / 1000));
/** Rounds that exist and that no other test takes. */
let untaken = now() - drandOptions.genesis - 60n;
const aRound = () => untaken--;
const sent = () => anvil.publicClient.getTransactionCount({ address: chain.account!.address });

describe('the beacon', () => {
  it('is posted from a relay, once', async () => {
    const [honest, round] = [await relay(), aRound()];
    const beacon = connect(honest.relay);
    const before = await sent();
    expect(await valueOf(beacon, round)).toBe(beaconValue(drand.sign(round)));
    expect(await valueOf(beacon, round)).toBe(beaconValue(drand.sign(round)));
    expect(await sent()).toBe(before + 1);
    expect(honest.asked()).toBe(1);
  });

  it('is taken from chain where somebody else was faster', async () => {
    const round = aRound();
    const value = beaconValue(drand.sign(round));
    const both = [connect((await relay()).relay), connect((await relay()).relay)];
    const values = both.map((beacon) => until('the beacon', () => valueOf(beacon, round)));
    expect(await Promise.all(values)).toEqual([value, value]);
    expect(await valueOf(connect((await relay()).relay), round)).toBe(value);
  });

  it('is to come while relays answer 425 or 404, and comes', async () => {
    const early = await relay();
    const late = await relay(() => new Response(null, { status: 404 }));
    expect(await connect(late.relay).valueOf(aRound())).toBeUndefined();
    const round = now() - drandOptions.genesis + 4n;
    const beacon = connect(early.relay, late.relay);
    expect(await beacon.valueOf(round)).toBeUndefined();
    expect(await until('the beacon', () => valueOf(beacon, round))).toBe(beaconValue(drand.sign(round)));
  });

  it('comes from the next relay where one is down, lies or says nothing that can be read', async () => {
    const down = await relay();
    await down.stop();
    const wrong = [
      lying((round) => drand.sign(round + 1n)),
      lying(() => `0x${'ff'.repeat(48)}`),
      (round: bigint) => Response.json({ round: Number(round) + 1, signature: drand.sign(round).slice(2) }),
      () => new Response('not JSON'),
      () => new Response('x'.repeat(10_000)),
      () => new Response(null, { status: 500 }),
      () => new Response(null, { status: 302, headers: { location: 'http://127.0.0.1:1/' } }),
    ];
    const relays = [down.relay];
    for (const answer of wrong) relays.push((await relay(answer)).relay);
    const [round, before] = [aRound(), await sent()];
    const failed = connect(...relays).valueOf(round);
    await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE', retryable: true });
    const { details } = (await failed.catch((error: unknown) => error)) as { details: { failures: string[] } };
    expect(details.failures).toHaveLength(wrong.length + 1);
    expect(details.failures[1]).toBe(`The relay ${relays[1]} answers with a wrong signature.`);
    expect(await sent()).toBe(before); // nothing is sent that the contract would refuse
    const honest = await relay();
    expect(await valueOf(connect(...relays, honest.relay), round)).toBe(beaconValue(drand.sign(round)));
    expect(await sent()).toBe(before + 1);
  });

  it('that follows a block is the one that a commitment in it would name, posted or not', async () => {
    const at = { address, abi: drandBeaconAbi } as const;
    const { number: blockNumber } = await anvil.publicClient.getBlock();
    const round = await anvil.publicClient.readContract({ ...at, functionName: 'nextRound', blockNumber });
    const [beacon, before] = [connect((await relay()).relay), await sent()];
    expect(await until('the beacon', () => beacon.valueAfter(blockNumber))).toBe(beaconValue(drand.sign(round)));
    expect(await sent()).toBe(before);
  });

  it('is missed once a round is void', async () => {
    const void_ = now() - drandOptions.genesis - POST_WINDOW - 60n;
    await expect(connect((await relay()).relay).valueOf(void_)).rejects.toMatchObject({ code: 'BEACON_MISSED' });
  });
});
