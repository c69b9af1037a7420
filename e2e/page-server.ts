import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { build } from 'vite';

const repository = new URL('../', import.meta.url).pathname;
const engineFolder = new URL('./', import.meta.resolve('onnxruntime-web/wasm')).pathname;
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.wasm': 'application/wasm',
};

/** Builds one page script of this folder and serves it with the engine under /ort/ and `files` under /files/. */
export async function servePage(script: string, out: string, files: string): Promise<{ server: Server; port: number }> {
  const input = join(import.meta.dirname, script);
  await build({
    root: repository,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { outDir: out, rolldownOptions: { input, output: { entryFileNames: 'page.js' } } },
  });
  const roots: [string, string][] = [
    ['/ort/', engineFolder],
    ['/files/', files],
    ['/', out],
  ];
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url!, 'http://story').pathname);
    const [prefix, root] = roots.find(([start]) => path.startsWith(start))!;
    response.setHeader('content-type', TYPES[extname(path)] ?? 'text/html');
    try {
      response.end(
        path === '/'
          ? '<script type="module" src="/page.js"></script>'
          : readFileSync(join(root, path.slice(prefix.length))),
      );
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}
