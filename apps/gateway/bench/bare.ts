// The same engine without a gateway around it: what a host would have who gave its answers away. Its PORT is the
// environment's.
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { answerFree } from './free-answer.ts';

const app = new Hono();
app.get('/ready', (c) => c.json({ ready: true }));
app.post('/v1/classify', answerFree);
serve({ fetch: app.fetch, port: Number(process.env['PORT']), hostname: '127.0.0.1' });
