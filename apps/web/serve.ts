// Serves the built pages: node apps/web/serve.ts [-p PORT] [-H ADDRESS]
import next from 'next';
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    port: { type: 'string', short: 'p', default: process.env['PORT'] ?? '3000' },
    hostname: { type: 'string', short: 'H' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log('node apps/web/serve.ts [-p PORT] [-H ADDRESS]   serves what npm run build -w @oml/web made');
  process.exit(0);
}
const port = Number(values.port);
Object.assign(process.env, { NODE_ENV: process.env.NODE_ENV ?? 'production' });

// Next calls each loopback address localhost in what src/proxy.ts sees. Where it were itself called 127.0.0.1, as by
// `next start -H 127.0.0.1`, the pages that the proxy names would be another server's: it would ask itself without end.
const app = next({ dir: import.meta.dirname, hostname: 'localhost', port });
await app.prepare();
const server = createServer(app.getRequestHandler());
server.listen(port, values.hostname, () => console.log(`pages on port ${port}`));

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => server.closeAllConnections(), 5_000).unref();
  });
