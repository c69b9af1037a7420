import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import type { Outcome } from './kept-answers.ts';
import { chunk, errorBody, receiptEvent, type AnswerFrame } from './openai-wire.ts';

export type Emit = (piece: string) => Promise<void>;

/**
 * Answers with server-sent events: the pieces, the end, the receipt, `[DONE]`. What `produce` does goes on when the
 * client is gone.
 */
export function streamAnswer(
  c: Context,
  frame: AnswerFrame,
  headers: Record<string, string>,
  produce: (emit: Emit) => Promise<{ outcome: Outcome; signed: SignedReceipt }>,
): { response: Response; done: Promise<void> } {
  const finished = Promise.withResolvers<void>();
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('content-type', 'text/event-stream; charset=utf-8');
  const response = stream(c, async (events) => {
    const send = async (data: unknown) =>
      void (await events.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`));
    try {
      const { outcome, signed } = await produce((piece) => send(chunk(frame, piece, null)));
      if (outcome.kind === 'text') await send(chunk(frame, '', outcome.finishReason));
      await send(receiptEvent(signed));
      await send('[DONE]');
    } catch (error) {
      await send(errorBody(error).body);
      finished.reject(error);
    } finally {
      finished.resolve();
    }
  });
  return { response, done: finished.promise };
}
