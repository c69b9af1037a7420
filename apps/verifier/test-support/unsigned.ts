import { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { freePort } from './dev-chain.ts';
import { tokenizer } from './market.ts';

/** An endpoint that serves a model as anybody would, and signs nothing. */
export async function serveUnsigned(weights: Uint8Array): Promise<{ url: string; stop(): Promise<void> }> {
  const engine = await LanguageModel.open({ model: weights, tokenizer }, nodeEngine());
  const app = new Hono();
  app.get('/v1/models', (c) => c.json({ object: 'list', data: [{ id: 'tales' }] }));
  app.post('/v1/completions', async (c) => {
    const body = (await c.req.json()) as { model: string; prompt: string; max_tokens: number };
    const { model, prompt, max_tokens: maxTokens } = body;
    if (model !== 'tales') return c.json({}, 404);
    return c.json({ choices: [{ text: await engine.completeText({ prompt, maxTokens, temperature: 0 }) }] });
  });
  const port = await freePort();
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.close();
      await engine.dispose();
    },
  };
}
