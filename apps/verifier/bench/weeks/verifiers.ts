import { Runs } from '@oml/program/runs';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { keccak256, stringToHex, type Hex } from 'viem';
import type { DevChain } from '../../test-support/dev-chain.ts';
import { fund } from '../../test-support/market.ts';
import { duty } from '../../src/committees/duty.ts';
import { disguise } from '../../src/programs/disguise.ts';
import { paidUse } from '../../src/programs/paid-use.ts';
import { openVerifierStore } from '../../src/store.ts';
import { giveCoins } from './hosts.ts';
import { startAgent, type Agent } from './processes.ts';

const PROGRAM = join(import.meta.dirname, '../../src/main.ts');
const TOKEN = 'the token of these weeks';
const DOLLARS = 20_000n;

/** A verifier that dies and comes back with the same keys and the same folder. */
export interface WeeksVerifier {
  name: string;
  pid(): number;
  /** Its process dies at once; another takes its place, and patrols or only ends what was begun. */
  restart(auditEverySeconds: number): Promise<void>;
  /** Runs of audits and duties by how they stand or ended. */
  runs(): Promise<Record<string, number>>;
  /** Of those that run, what they wait for. */
  running(): Promise<string[]>;
}

/** Funds and starts the verifier with this number. */
export async function startWeeksVerifier(
  chain: DevChain,
  number: number,
  auditEverySeconds: number,
): Promise<WeeksVerifier> {
  const keyOf = (what: string): Hex => keccak256(stringToHex(`${what} of verifier ${number}`));
  const [key, purse] = [keyOf('account'), keyOf('purse')];
  for (const each of [key, purse]) {
    await giveCoins(chain, each);
    await fund(chain, each, DOLLARS);
  }
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    DATA_DIR: mkdtempSync(join(chain.scratch, 'verifier-')),
    VERIFIER_KEY: key,
    PURSE_KEY: purse,
    SEALING_SEED: keyOf('seed'),
    OML_ADMIN_TOKEN: TOKEN,
    SPREAD_SECONDS: '15',
    TICKETS: '1',
  };
  const open = (seconds: number): Promise<Agent> =>
    startAgent(PROGRAM, { ...env, AUDIT_EVERY_SECONDS: String(seconds) });
  let agent = await open(auditEverySeconds);
  // Its pages show the newest hundred; here all of them count.
  const runs = new Runs(await openVerifierStore({ STORE: undefined, DATA_DIR: env.DATA_DIR }));
  const list = () => runs.list([paidUse, disguise, duty], { limit: 100_000 });
  return {
    name: `verifier ${number}`,
    pid: () => agent.pid,
    async restart(seconds) {
      await agent.kill();
      agent = await open(seconds);
    },
    async runs() {
      const counts: Record<string, number> = {};
      for (const { program, state, outcome, error } of await list()) {
        const name = `${program} ${outcome ?? error?.code ?? state}`;
        counts[name] = (counts[name] ?? 0) + 1;
      }
      return counts;
    },
    async running() {
      const open = (await list()).filter(({ state }) => state === 'running');
      return open.map(({ program, id, at }) => `${program} ${id} at ${at.step}`);
    },
  };
}
