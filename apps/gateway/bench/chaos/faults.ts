import { setTimeout as sleep } from 'node:timers/promises';
import type { Hex } from 'viem';
import { controlsOf, type TestChain } from '../../test-support/chain-fixture.ts';
import { startGatewayProcess, type MeasuredProcess } from '../measured-process.ts';
import type { Dice } from './dice.ts';
import { RPC_FAULTS, type FaultyRpc } from './rpc-faults.ts';

/** A gateway at a port of its own, whichever process stands behind it. */
export interface Seat {
  env: Record<string, string>;
  port: number;
  process: MeasuredProcess;
}

export interface World {
  chain: TestChain;
  dice: Dice;
  rpc: FaultyRpc;
  seats: Seat[];
  /** Ends the PostgreSQL of the store as a crash does, and starts it on its files. */
  restartStore(): Promise<void>;
}

/** One thing that goes wrong, and is over when this resolves. Says what it was. */
export async function goWrong(world: World): Promise<string> {
  const { dice, rpc, seats } = world;
  switch (dice.below(5)) {
    case 0: {
      const seat = dice.oneOf(seats);
      await restart(seat);
      return `gateway ${seats.indexOf(seat) + 1} killed`;
    }
    case 1: {
      await world.restartStore();
      return 'store restarted';
    }
    case 2: {
      const depth = 1 + dice.below(3);
      await reorganise(world.chain, depth);
      return `${depth} blocks reorganised`;
    }
    default: {
      const fault = dice.oneOf(RPC_FAULTS);
      rpc.setFault(fault);
      await sleep(500 + dice.below(3_000));
      rpc.setFault('none');
      return `node: ${fault}`;
    }
  }
}

/** SIGKILL, and a new process in its place as soon as one gets up. */
export async function restart(seat: Seat): Promise<void> {
  await seat.process.kill();
  for (let n = 0; n < 20; n++) {
    const started = await startGatewayProcess(seat.env, seat.port).catch(() => undefined);
    if (started) return void (seat.process = started);
  }
  throw new Error('a gateway does not get up any more');
}

/** The newest blocks go, and what was in them comes again in later ones, as nodes do with what they know. */
async function reorganise(chain: TestChain, depth: number): Promise<void> {
  const controls = controlsOf(chain);
  const { publicClient } = chain.as(`0x${'1'.padStart(64, '0')}`);
  const ask = <Result>(method: string, params: unknown[]) =>
    controls.request({ method, params } as never) as Promise<Result>;
  await controls.setIntervalMining({ interval: 0 });
  try {
    const head = await publicClient.getBlockNumber();
    const raw: Hex[] = [];
    for (let number = head - BigInt(depth) + 1n; number <= head; number++) {
      const { transactions } = await publicClient.getBlock({ blockNumber: number });
      for (const hash of transactions) raw.push(await ask<Hex>('eth_getRawTransactionByHash', [hash]));
    }
    await ask('anvil_rollback', [depth]);
    for (const transaction of raw) await ask('eth_sendRawTransaction', [transaction]).catch(() => undefined);
  } finally {
    await controls.setIntervalMining({ interval: 1 });
  }
}
