import { WebStandardStreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js';
import type { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { Hono } from 'hono';
import { isToken } from './token.ts';

/** Where MCP clients find the server. */
export const MCP_PATH = '/mcp';
const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * MCP over streamable HTTP, for clients that start nothing themselves. Whoever has the token spends the budget. A page
 * that had its own name point here (DNS rebinding) is known by its Host and Origin, and refused. No tool keeps anything
 * between calls, so there are no sessions: each request has a server of its own.
 */
export function mcpApp(openServer: () => McpServer, token: string): Hono {
  const app = new Hono();
  app.use(async (c, next) => {
    const [host, origin] = [c.req.header('host') ?? '', c.req.header('origin')];
    if (!isLoopback(`http://${host}`) || (origin !== undefined && !isLoopback(origin)))
      return c.json(refusal(-32_000, 'This server answers programs of this machine alone.'), 403);
    if (isToken(c.req.header('authorization'), token)) return next();
    return c.json(refusal(-32_001, 'Give the token that oml pay mcp --http prints as a bearer token.'), 401);
  });
  app.post(MCP_PATH, async (c) => {
    const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
    const server = openServer();
    await server.connect(transport);
    try {
      return await transport.handleRequest(c.req.raw);
    } finally {
      await server.close();
    }
  });
  // Nothing is told unasked, and there is no session to end.
  app.all(MCP_PATH, (c) => c.json(refusal(-32_000, 'POST alone is answered here.'), 405, { allow: 'POST' }));
  return app;
}

function isLoopback(url: string): boolean {
  return URL.canParse(url) && LOOPBACK.has(new URL(url).hostname);
}

const refusal = (code: number, message: string) => ({ jsonrpc: '2.0', error: { code, message }, id: null });
