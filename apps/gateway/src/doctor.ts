import { readDeployment } from '@oml/contracts/deployment';
import { isDev } from '@oml/protocol/chain/deployment';
import { connectChain } from '@oml/service/chain';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { privateKeyToAddress } from 'viem/accounts';
import {
  checkBacklog,
  checkClock,
  checkFundsLeft,
  checkKeys,
  checkLicenses,
  checkNode,
  type Examined,
} from './health/chain-checks.ts';
import { readBackends, type Backends } from './engine/backends.ts';
import { ok, runChecks, type Check } from './health/check.ts';
import { checkEngines } from './health/engine-check.ts';
import { checkReach, checkTls } from './health/outside-checks.ts';
import { checkFacilitator } from './health/facilitator-check.ts';
import { checkTower } from './health/tower-check.ts';
import { gatewayOptions } from './options.ts';

const HELP = `Looks at everything that can be wrong with a host: node, clock, keys, funds, licenses, engine, backlog,
certificate, reachability, facilitator, watchtower, versions. Sends nothing and changes nothing.

  npm run doctor -w @oml/gateway -- [--json]

  --json  print {"findings": [{name, state, says, todo}]} on stdout
  --help

Environment: what the gateway reads. Exit code 0: nothing fails, 1: something does. oml host doctor does the same with
the keys and settings of oml host.`;

await runMain(async () => {
  const toggle = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({ options: { json: toggle, help: toggle } });
  if (values.help) return console.log(HELP);
  const findings = await runChecks(checksOf(examined()));
  if (values.json) console.log(JSON.stringify({ findings }));
  else
    for (const { name, state, says, todo } of findings)
      console.log(`${state.padEnd(4)} ${name.padEnd(9)} ${says}${todo ? ` ${todo}` : ''}`);
  if (findings.some(({ state }) => state === 'fail')) process.exitCode = 1;
});

interface Parts extends Examined {
  backends: Backends;
  tower: string | undefined;
  facilitator: { url: string; key: string | undefined } | undefined;
}

function examined(): Parts {
  const env = readOptions(gatewayOptions);
  const deployment = readDeployment(env.OML_DEPLOYMENT);
  return {
    chain: connectChain({ rpcUrl: env.RPC_URL, deployment }),
    rpcUrl: env.RPC_URL,
    account: env.HOST_ACCOUNT,
    signer: privateKeyToAddress(env.SIGNER_KEY),
    gas: privateKeyToAddress(env.GAS_KEY),
    publicUrl: env.PUBLIC_URL,
    dataDir: env.DATA_DIR,
    store: env.STORE ?? join(env.DATA_DIR, 'gateway.sqlite'),
    backends: readBackends(env.BACKENDS),
    isDev: isDev(deployment),
    tower: env.WATCHTOWER,
    facilitator: env.FACILITATOR_URL ? { url: env.FACILITATOR_URL, key: env.FACILITATOR_KEY } : undefined,
  };
}

function checksOf(it: ReturnType<typeof examined>): Record<string, Check> {
  return {
    node: checkNode(it),
    clock: checkClock(it),
    keys: checkKeys(it),
    funds: checkFundsLeft(it),
    licenses: checkLicenses(it),
    engine: checkEngines(it),
    backlog: checkBacklog(it),
    tls: checkTls(it),
    reach: checkReach(it),
    ...(it.facilitator ? { facilitator: checkFacilitator(it, it.facilitator) } : {}),
    ...(it.tower ? { tower: checkTower(it, it.tower) } : {}),
    versions: async () => ok(`Gateway ${ownVersion()}, Node ${process.versions.node}.`),
  };
}

function ownVersion(): string {
  const file = join(import.meta.dirname, '../package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
