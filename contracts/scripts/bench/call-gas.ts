import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { forgeFolder, mustForge } from '../forge/forge.ts';

export interface CallGas {
  readonly deposit: number;
  readonly collect1: number;
  readonly collect10: number;
  readonly settle: number;
}

/** Channel rows as their anchor measured them (gas/Channels.gas.t.sol), by forge. */
export async function measureCallGas(): Promise<CallGas> {
  await mustForge(['test', '--match-contract', 'ChannelGasTest'], {
    env: { FOUNDRY_TEST: 'gas', FOUNDRY_SNAPSHOTS: join(forgeFolder, 'gas') },
  });
  const found = JSON.parse(readFileSync(join(forgeFolder, 'gas/ChannelGasTest.json'), 'utf8')) as Record<
    keyof CallGas,
    string
  >;
  return {
    deposit: Number(found.deposit),
    collect1: Number(found.collect1),
    collect10: Number(found.collect10),
    settle: Number(found.settle),
  };
}
