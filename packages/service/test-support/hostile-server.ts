import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** What servers of strangers do to whoever asks them, one path each. */
const ANSWERS: Record<string, RequestListener> = {
  '/endless': (_, response) => void every(1, response, () => response.write('x'.repeat(100))),
  '/large': (_, response) => response.end('x'.repeat(5_000_000)),
  '/silent': () => {},
  '/paused': (_, response) => void response.write('x'),
  '/drip': (_, response) => void every(50, response, () => response.write('x')),
  '/many-headers': (_, response) =>
    response
      .writeHead(200, Object.fromEntries(Array.from({ length: 500 }, (__, i) => [`x-${i}`, 'y'.repeat(99)])))
      .end(),
  '/gzip-bomb': (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(BOMBS.gzip),
  '/brotli-bomb': (_, response) => response.writeHead(200, { 'content-encoding': 'br' }).end(BOMBS.brotli),
  '/page': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>hello'),
  '/missing': (_, response) => response.writeHead(404).end(),
  '/redirect': (_, response) => response.writeHead(302, { location: '/inside' }).end(),
  '/redirect-loop': (_, response) => response.writeHead(302, { location: '/redirect-loop' }).end(),
  '/redirect-to-file': (_, response) => response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
  '/redirect-to-metadata': (_, response) =>
    response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/iam' }).end(),
};

/** 64 MiB of zeros, in some 60 kB and less. */
const zeros = Buffer.alloc(64 << 20);
const BOMBS = { gzip: gzipSync(zeros), brotli: brotliCompressSync(zeros) };

function every(ms: number, response: { on(event: 'close', then: () => void): unknown }, act: () => void): void {
  const timer = setInterval(act, ms);
  response.on('close', () => clearInterval(timer));
}

/** Sends without end, as fast as it is read; `count` hears how much went out. */
export const flood =
  (count: (bytes: number) => void): RequestListener =>
  (_, response) => {
    const chunk = Buffer.alloc(64 << 10, 'x');
    const send = (): void => {
      if (response.destroyed) return;
      count(chunk.length);
      if (response.write(chunk)) setImmediate(send);
    };
    response.on('drain', send).on('error', () => {});
    send();
  };

export interface HostileServer {
  url: string;
  port: number;
  /** Paths that were asked for. */
  asked: string[];
  close(): void;
}

/** Listens on loopback; `more` answers further paths. */
export async function startHostileServer(more: Record<string, RequestListener> = {}): Promise<HostileServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    (more[path] ?? ANSWERS[path] ?? ANSWERS['/missing']!)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    asked,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
