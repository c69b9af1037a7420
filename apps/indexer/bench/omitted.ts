// A node leaves one log of each kind of event out of what the index asks for, while a whole story is told on the chain.
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { reportAgents } from '../../../scripts/bench/agents-report.ts';
import { startForgetfulRpc } from '../test-support/forgetful-rpc.ts';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { followLive } from '../test-support/live-index.ts';
import { WholeStory } from '../test-support/whole-story.ts';
import { startWorld } from '../test-support/world.ts';

const HELP = `npm run bench:omitted -w @oml/indexer [-- options]

A node leaves out one log of each kind of event while a whole story is told: is each repaired?

  --write  record the figure in docs/benchmarks/agents.{json,md}
  --help   this text`;
const { values } = parseArgs({
  options: { write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}

const world = await startWorld();
const rpc = await startForgetfulRpc(world.chain.rpcUrl);
try {
  const live = await world.freshIndex();
  const { indexer, followed } = followLive(world.chain, live.db, rpc.publicClient);
  await catchUp(indexer);
  await new WholeStory(followed).tell();
  const honest = await world.freshIndex();
  await catchUp(honest.indexer);
  const isWhole = isDeepStrictEqual(await rowsOf(live.db), await rowsOf(honest.db));
  const omitted = rpc.forgotten().length;
  console.log(
    `${omitted} logs of as many kinds left out; tables ${isWhole ? 'equal' : 'DIFFER FROM'} an honest index's`,
  );
  if (!isWhole) process.exitCode = 1;
  reportAgents(
    [
      {
        metric: 'index.omittedLogsRepaired',
        value: indexer.progress()!.omittedLogs,
        unit: 'logs',
        target: `= ${omitted}`,
        anchor: 'one log of each kind of event of a whole story left out of eth_getLogs; all tables equal',
        command: 'npm run bench:omitted -w @oml/indexer -- --write',
      },
    ],
    values.write && isWhole,
  );
} finally {
  await rpc.stop();
  await world.stop();
}
