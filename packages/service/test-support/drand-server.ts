// A drand of one node, with a key of its own, that speaks the part of drand's HTTP that agents ask for.
import { drandKey, wordsOf } from '@oml/contracts/testing/drand-key';
import { beaconProof, beaconValue } from '@oml/protocol/evidence/beacon';
import { drandRoundUrl } from '@oml/protocol/wire/drand-round';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  sha256,
  type Abi,
  type Address,
  type Hex,
  type PublicClient,
  type WalletClient,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { devKey, type DevChain } from './dev-chain.ts';

const ARTIFACT = join(import.meta.dirname, '../../../contracts/artifacts/src/beacon/DrandBeacon.sol/DrandBeacon.json');

export interface DrandServer {
  relay: string;
  /** How many rounds it was asked for. */
  asked(): number;
  stop(): Promise<void>;
}

export interface TestDrand {
  chainHash: Hex;
  /** A relay of this chain; `answer` replaces what an honest one says of a round that exists. */
  startRelay(answer?: (round: bigint) => Response): Promise<DrandServer>;
  sign(round: bigint): Hex;
}

export interface DrandOptions {
  seed: Hex;
  /** Seconds. */
  genesis: bigint;
  period: bigint;
}

/** Seconds. */
interface DrandWindows {
  delay: bigint;
  backdating: bigint;
  postWindow: bigint;
}

/** A drand chain whose rounds exist as the wall clock has it. */
export function testDrand({ seed, genesis, period }: DrandOptions): TestDrand {
  const key = drandKey(seed);
  const chainHash = sha256(key.publicKey);
  const startsAt = (round: bigint) => genesis + (round - 1n) * period;
  const honest = (round: bigint) => {
    const signature = key.sign(round);
    return Response.json({
      round: Number(round),
      randomness: beaconValue(signature).slice(2),
      signature: signature.slice(2),
    });
  };
  return {
    chainHash,
    sign: key.sign,
    async startRelay(answer = honest) {
      let asked = 0;
      const app = new Hono().get('/:chain/public/:round{[0-9]+}', (context) => {
        asked++;
        const round = BigInt(context.req.param('round'));
        if (context.req.path !== drandRoundUrl('', chainHash, round)) return context.notFound();
        return startsAt(round) > BigInt(Math.floor(Date.now() / 1000)) ? context.body(null, 425) : answer(round);
      });
      const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' });
      if (!server.listening) await new Promise<void>((resolve) => server.once('listening', resolve));
      return {
        relay: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        asked: () => asked,
        stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
      };
    },
  };
}

/** Relays as an agent may be told of them: one that is down, one that signs another round, and an honest one. */
export async function startRelays(drand: TestDrand) {
  const down = await drand.startRelay();
  await down.stop();
  const lying = await drand.startRelay((round) =>
    Response.json({ round: Number(round), signature: drand.sign(round + 1n).slice(2) }),
  );
  const honest = await drand.startRelay();
  return {
    lying,
    honest,
    /** What tells an agent of them. */
    env: {
      DRAND_URLS: [down, lying, honest].map(({ relay }) => relay).join(','),
      DRAND_CHAIN_HASH: drand.chainHash,
    },
    stop: () => Promise.all([lying.stop(), honest.stop()]),
  };
}

/**
 * Puts drand in the place of the blocks that are a dev chain's beacon: at the same address, with the same slots for
 * what was posted.
 */
export async function replaceBeacon(
  { rpcUrl, deployment }: Pick<DevChain, 'rpcUrl' | 'deployment'>,
  options: DrandOptions,
  windows: DrandWindows,
): Promise<void> {
  const client = { chain: foundry, transport: http(rpcUrl) };
  const publicClient = createPublicClient(client) as PublicClient;
  const wallet = createWalletClient({ ...client, account: privateKeyToAccount(devKey(0)) });
  const bytecode = await publicClient.getCode({
    address: await deployDrandBeacon({ wallet, publicClient }, options, windows),
  });
  const { beacon: address } = deployment.contracts;
  await createTestClient({ ...client, mode: 'anvil' }).setCode({ address, bytecode: bytecode! });
}

/** Deploys the beacon's contract for such a chain. */
export async function deployDrandBeacon(
  { wallet, publicClient }: { wallet: WalletClient; publicClient: PublicClient },
  { seed, genesis, period }: DrandOptions,
  windows: DrandWindows,
): Promise<Address> {
  const { abi, bytecode } = JSON.parse(readFileSync(ARTIFACT, 'utf8')) as { abi: Abi; bytecode: Hex };
  const key = drandKey(seed);
  const chain = { key: wordsOf(key.publicKey), genesis, period };
  const hash = await wallet.deployContract({
    abi,
    bytecode,
    args: [chain, windows, 1n, beaconProof(key.sign(1n))!],
    account: wallet.account!,
    chain: wallet.chain!,
  });
  return (await publicClient.waitForTransactionReceipt({ hash })).contractAddress!;
}
