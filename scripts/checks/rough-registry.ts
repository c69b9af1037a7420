import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What goes wrong with a tarball: no answer at all, half an answer and then silence, half an answer and a cut line. */
export type Fault = 'silence' | 'half' | 'cut';

export interface RoughRegistry {
  url: string;
  /** Faults that have happened, in order, with the path that they happened to. */
  happened: { fault: Fault; path: string }[];
  close: () => Promise<void>;
}

/**
 * A registry on this machine that hands on what another one answers, and fails as told: each fault meets a tarball of
 * its own.
 */
export async function startRoughRegistry(
  upstream: string,
  faults: readonly Fault[],
  only = '',
): Promise<RoughRegistry> {
  const base = upstream.endsWith('/') ? upstream : `${upstream}/`;
  const left = [...faults];
  const happened: RoughRegistry['happened'] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1);
    const isNew = path.endsWith('.tgz') && path.includes(only) && happened.every((earlier) => earlier.path !== path);
    const fault = isNew ? left.shift() : undefined;
    if (fault) happened.push({ fault, path });
    void handOn(new URL(path, base), request, response, fault, base).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    happened,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handOn(
  from: URL,
  request: IncomingMessage,
  response: ServerResponse,
  fault: Fault | undefined,
  base: string,
): Promise<void> {
  if (fault === 'silence') return;
  const accept = request.headers.accept ?? '*/*';
  const answer = await fetch(from, { headers: { accept } });
  const type = answer.headers.get('content-type') ?? 'application/octet-stream';
  let body = Buffer.from(await answer.arrayBuffer());
  // A package's document names its tarballs by address: they must come through here as well.
  if (type.includes('json')) {
    const here = `http://${request.headers.host}/`;
    body = Buffer.from(body.toString('utf8').replaceAll(base, here));
  }
  response.writeHead(answer.status, { 'content-type': type, 'content-length': body.length });
  if (!fault) return void response.end(body);
  response.write(body.subarray(0, body.length / 2));
  if (fault === 'cut') setImmediate(() => response.destroy());
}
