import type { LanguageModel } from '@oml/onnx/language-model';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** Every answer is drawn anew. */
let seeds = 0;

/** A tiny OpenAI-compatible host. Its model has no chat template: a conversation is its texts one after another. */
export async function answerAs(host: LanguageModel, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  if (request.url === '/v1/paid/completions') return void response.writeHead(402).end();
  const isChat = request.url === '/v1/chat/completions';
  if (!isChat && request.url !== '/v1/completions') return void response.writeHead(404).end();
  const asked = JSON.parse(body) as {
    prompt: string;
    messages: { content: string }[];
    max_tokens: number;
    temperature: number;
    n?: number;
  };
  const prompt = isChat ? asked.messages.map(({ content }) => content).join('') : asked.prompt;
  const { max_tokens: maxTokens, temperature, n = 1 } = asked;
  const choices: object[] = [];
  for (let i = 0; i < n; i++) {
    const text = await host.completeText({ prompt, maxTokens, temperature, seed: seeds++ });
    choices.push(isChat ? { message: { content: text } } : { text });
  }
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ choices }));
}
