// Stops PostgreSQL twenty times under a marketplace with visitors, on a chain of its own. The pages must be built.
import { startDevChain } from '@oml/service/test-support/dev-chain';
import { parseArgs } from 'node:util';
import { stopDatabase } from './database-stops.ts';

const HELP = `npm run stops -w @oml/e2e [-- options]

Stops PostgreSQL again and again under visitors of the pages. Build them first: npm run build -w @oml/web.

  --stops N  how often (20)
  --help     this text`;
const { values } = parseArgs({
  options: { stops: { type: 'string', default: '20' }, help: { type: 'boolean', default: false } },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const chain = await startDevChain({ secondsPerBlock: 1 });
try {
  const { rpcUrl, deploymentPath } = chain;
  const seen = await stopDatabase({ rpcUrl, deploymentPath, stops: Number(values.stops), say: console.log });
  console.log(JSON.stringify(seen));
  const isFine = Object.keys(seen.statuses).every((status) => status === '200' || status === '503');
  if (!isFine || seen.idleInTransaction > 0) process.exitCode = 1;
} finally {
  await chain.stop();
}
