// npm start: brings the whole of OML up on one machine, tells its story once, and leaves it running.
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isOmlError, type OmlError } from '@oml/protocol/error';
import { build, deploy, migrate } from './prepare.ts';
import { chainPart } from './chain.ts';
import { inState, ports, stateDir, urlOf } from './layout.ts';
import { postgresPart, removePostgres } from './postgres.ts';
import { endLeftovers, startPart, stopAll } from './processes.ts';
import { say, step } from './progress.ts';
import { childPublisher, hosts, gateway, indexer, publisher, verifier, web } from './services.ts';
import { checkPorts, sleep, until, untilUp } from './wait.ts';
import { connectRpc } from './rpc.ts';

const HELP = `npm start [-- options]

Brings up PostgreSQL, a local chain, the indexer, two publishers, three gateways, a verifier and the web app,
runs the story through their public interfaces, and leaves everything running until Ctrl-C.

  --fresh   forget everything an earlier start left behind and begin anew
  --blames  then also tell what becomes of a host that was delivered a bait, and of a cheat that says it was
  --help    this text

OML_STATE moves the folder that keeps the state (.oml), OML_PORT_OFFSET moves every port.`;

const { values: flags } = parseArgs({
  options: {
    fresh: { type: 'boolean', default: false },
    blames: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

let ending = false;
async function end(code: number, why?: string): Promise<never> {
  if (!ending) {
    ending = true;
    if (why) console.error(`\n${why}`);
    say('stopping every part');
    await stopAll();
    say('stopped');
    process.exit(code);
  }
  return new Promise(() => {});
}

const onDeath = (why: OmlError) => void end(1, why.message);

async function main(): Promise<void> {
  if (flags.help) return console.log(HELP);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void end(0));
  endLeftovers();
  if (flags.fresh) {
    removePostgres();
    rmSync(stateDir, { recursive: true, force: true });
  }
  mkdirSync(stateDir, { recursive: true });
  await checkPorts();
  const again = existsSync(inState('story.json'));

  startPart(postgresPart(), onDeath);
  startPart(chainPart(), onDeath);
  await step('building contracts, database client and web app', build);
  await step('waiting for the chain', () =>
    until('The chain', async () => ((await connectRpc().getBlockNumber()) >= 0n ? true : undefined)),
  );
  await deploy();
  await step('migrating the database', migrate);
  await startServices();
  // Only now: the story imports the contracts' ABIs, which the build has just made.
  const [{ tellStory }, { tellBlames }, { printEnds }] = await Promise.all([
    import('./story.ts'),
    import('./blames.ts'),
    import('./ends.ts'),
  ]);
  await tellStory(onDeath);
  await printEnds();
  announce(again);
  writeFileSync(inState('ready.json'), JSON.stringify({ readyAt: new Date().toISOString(), ports }));
  if (flags.blames) await tellBlames(onDeath);
  while (!ending) await sleep(1_000);
}

async function startServices(): Promise<void> {
  for (const part of [indexer(), publisher(), childPublisher(), verifier(), web()]) startPart(part, onDeath);
  const licensed = hosts.filter(({ part }) => existsSync(inState(part.replaceAll(' ', '-'), 'licenses.json')));
  for (const host of licensed) startPart(gateway(host), onDeath);
  await step('waiting for indexer, publishers, verifier and web', async () => {
    await Promise.all([
      ...(['indexer', 'publisher', 'child publisher', 'verifier'] as const).map((name) =>
        untilUp(name, `${urlOf(name)}/health`),
      ),
      untilUp('web', `${urlOf('web')}/api/health`),
      ...licensed.map(({ part }) => untilUp(part, `${urlOf(part)}/health`)),
    ]);
  });
}

function announce(again: boolean): void {
  say(again ? 'everything is back' : 'the story is told');
  const parts = [
    ['marketplace', urlOf('web')],
    ['claims', `${urlOf('web')}/claims`],
    ['publisher', urlOf('publisher')],
    ['child publisher', urlOf('child publisher')],
    ...hosts.map(({ part }) => [part, urlOf(part)]),
    ['verifier', urlOf('verifier')],
    ['chain (JSON-RPC)', urlOf('chain')],
  ];
  console.log(
    `\n${parts.map(([name, url]) => `  ${name!.padEnd(18)} ${url}`).join('\n')}\n\n  logs in ${inState('logs')} · Ctrl-C stops everything · npm start -- --fresh begins anew\n`,
  );
}

try {
  await main();
} catch (error) {
  await end(
    1,
    isOmlError(error) ? `${error.code}: ${error.message}` : error instanceof Error ? error.stack : String(error),
  );
}
