// Two weeks of verifiers, hosts, claims and committees, drawn together into an hour.
import { setTimeout as sleep } from 'node:timers/promises';
import { keccak256 } from 'viem';
import { parseArgs } from 'node:util';
import { reportAgents } from '../../../scripts/bench/agents-report.ts';
import { startDevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { KEYS } from '../test-support/dev-chain.ts';
import { cleanModel, publishMarked, publishModel } from '../test-support/market.ts';
import { serveUnsigned } from '../test-support/unsigned.ts';
import { readEnds } from './weeks/ends.ts';
import { HABITS, isOver, openHost, type Host } from './weeks/hosts.ts';
import { growthOf, sampleMemory, tableOf, type Sample } from './weeks/memory.ts';
import { addUp } from './weeks/money.ts';
import { killAgents } from './weeks/processes.ts';
import { openReporter } from './weeks/reports.ts';
import { shortRules, tailOf } from './weeks/rules.ts';
import { startWeeksVerifier, type WeeksVerifier } from './weeks/verifiers.ts';

const HELP = `npm run weeks -w @oml/verifier [-- options]

Two weeks of a dev chain whose windows are so much shorter than the protocol's that they fit into some minutes: three
verifiers on patrol that sit on committees, ten hosts of which six cheat (unpaid, late, disguised; slashed, they begin
anew under another account), reports of leaks. Towards the end the verifiers are killed and started again, order
nothing new, and end what was begun. Then nothing is open, and the money of all accounts and contracts adds up.

  --minutes N   so long are the two weeks (60)
  --every N     seconds between two audits of a verifier (24)
  --write       record the figures in docs/benchmarks/agents.{json,md}
  --help        this text`;

const { help, write, ...given } = parseArgs({
  options: {
    minutes: { type: 'string', default: '60' },
    every: { type: 'string', default: '24' },
    write: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
}).values;
if (help) {
  console.log(HELP);
  process.exit(0);
}
const [minutes, every] = [Number(given.minutes), Number(given.every)];
const LOOK_MS = 5_000;
const VERIFIERS = 3;
const PRICE_OF_CHEAP = 500n;

const rules = shortRules(minutes);
const tailS = tailOf(rules);
const beginsAt = Date.now();
const say = (text: string) => console.log(`${((Date.now() - beginsAt) / 60_000).toFixed(1)} min: ${text}`);

const chain = await startDevChain({ secondsPerBlock: 1, parameters: { ...rules } });
const stops: (() => Promise<void> | void)[] = [];
try {
  const failures = await run();
  process.exitCode = failures === 0 ? 0 : 1;
} finally {
  killAgents();
  for (const stop of stops) await stop();
  await chain.stop();
}

async function run(): Promise<number> {
  const marked = await publishMarked(chain, KEYS.OWNER);
  stops.push(marked.publisher.stop);
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId: cheapId } = await publishModel(chain, KEYS.OWNER, book, marked.publisher.url, {
    price: PRICE_OF_CHEAP,
  });
  const street = { chain, marked, cheapId };
  const hosts: Host[] = [];
  const lives = HABITS.map(() => 1);
  for (let seat = 0; seat < HABITS.length; seat++) hosts.push(await openHost(street, seat, 1));
  stops.push(async () => void (await Promise.all(hosts.map((host) => host.stop()))));
  const verifiers: WeeksVerifier[] = [];
  for (let number = 0; number < VERIFIERS; number++) verifiers.push(await startWeeksVerifier(chain, number, every));
  const reporter = await openReporter(chain, marked.modelId);
  const endpoints = [await serveUnsigned(marked.marked), await serveUnsigned(cleanModel)];
  stops.push(...endpoints.map(({ stop }) => stop));
  say(`${hosts.length} hosts and ${VERIFIERS} verifiers stand`);

  const openedAt = Date.now();
  const closesAt = openedAt + minutes * 60_000;
  const quietAt = Math.max(openedAt + minutes * 30_000, closesAt - 1_000 * tailS);
  const reports = endpoints.map(({ url }, i) => ({ url, at: openedAt + (i * (quietAt - openedAt)) / 4 }));
  const samples: Sample[] = [];
  const tick = async () => {
    const pids = verifiers.map(({ name, pid }) => [name, pid()] as const);
    const served = hosts.flatMap(({ name, pid, licenseId }) => (pid ? [[`${name} ${licenseId}`, pid] as const] : []));
    samples.push(await sampleMemory(Object.fromEntries([...pids, ...served])));
    await reporter.close();
  };
  const report = async () => {
    for (const due of reports.filter(({ at }) => at <= Date.now())) {
      due.at = Infinity;
      await reporter.report(due.url);
      say('an endpoint is reported');
    }
  };
  const beginAnew = async () => {
    for (const [seat, host] of hosts.entries()) {
      if (!(await isOver(chain, host))) continue;
      say(`${host.name} is no longer active`);
      await host.stop().catch(() => {});
      hosts[seat] = await openHost(street, seat, ++lives[seat]!);
    }
  };
  // A busy machine may fail us here, too: what did not go now is tried again.
  const attempt = (act: () => Promise<void>) =>
    act().catch((error: unknown) => say(`again later: ${String(error).split('\n')[0]}`));
  while (Date.now() < quietAt) {
    for (const act of [tick, report, beginAnew]) await attempt(act);
    await sleep(LOOK_MS);
  }
  const busy = samples.length;
  say('no more audits are ordered: the verifiers are killed, and end what was begun');
  for (const verifier of verifiers) await verifier.restart(0);

  const lastAt = Math.max(closesAt, Date.now() + 1_000 * tailS);
  const running = async () => (await Promise.all(verifiers.map((verifier) => verifier.running()))).flat();
  const reader = chain.as(KEYS.OUTSIDER);
  const isOpen = async () => (await running()).length > 0 || (await readEnds(reader)).open.length > 0;
  while (Date.now() < lastAt && (await isOpen().catch(() => true))) {
    await attempt(tick);
    await sleep(LOOK_MS);
  }
  await attempt(reporter.close);
  const ends = await patiently(() => readEnds(reader));
  const stuck = [...(await running()), ...ends.open];
  const differences = await patiently(() => addUp(reader));
  for (const verifier of verifiers) console.log(verifier.name, await verifier.runs());
  const growth = growthOf(samples.slice(0, busy));
  console.log({ ...ends, stuck, differences, growth, lives });
  console.log(tableOf(samples.slice(0, busy)));
  record({ stuck: stuck.length, lost: ends.forfeited.length + differences.length, growth, counts: ends.counts });
  return stuck.length + differences.length;
}

/** Reads again, for some minutes, where a busy machine does not answer in time. */
function patiently<Found>(read: () => Promise<Found>): Promise<Found> {
  return until('the books', () => read().catch(() => undefined), { timeoutMs: 600_000, everyMs: LOOK_MS });
}

function record(found: {
  stuck: number;
  lost: number;
  growth: Record<string, number>;
  counts: Record<string, number>;
}): void {
  const counted = Object.entries(found.counts).map(([name, count]) => `${count} ${name}`);
  const rest = {
    anchor:
      `two weeks drawn together into ${minutes} minutes: ${VERIFIERS} verifiers, ${HABITS.length} hosts of which ` +
      `six cheat; ${counted.join(', ')}; resident memory that each agent has to itself (RssAnon: without pages of ` +
      `files), the last quarter of the busy time over the second`,
    command: `npm run weeks -w @oml/verifier -- --minutes ${minutes} --every ${every} --write`,
  };
  const worst = Math.max(...Object.values(found.growth));
  reportAgents(
    [
      { metric: 'weeks.stuck', value: found.stuck, unit: 'runs, claims, batches and reports', target: '0', ...rest },
      { metric: 'weeks.lost', value: found.lost, unit: 'deposits, bonds and books that differ', target: '0', ...rest },
      {
        metric: 'weeks.rssGrowthPercent',
        value: Math.round(10 * worst) / 10,
        unit: '%, the worst of the agents',
        target: '<= 10',
        ...rest,
      },
    ],
    write,
  );
}
