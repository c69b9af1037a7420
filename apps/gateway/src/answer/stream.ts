import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import type { Context } from 'hono';
import { stream } from 'hono/streaming';
import { choicesOf, type Outcome } from './kept-answers.ts';
import { receiptEvent, usageEvent, type AnswerFrame, type Piece, type Wire } from './openai-wire.ts';
import { openAiErrorBody } from '@oml/service/openai-error';

export type Emit = (piece: Piece) => Promise<void>;

/** How a stream is to be written. */
export interface StreamShape {
  frame: AnswerFrame;
  wire: Wire;
  /** One event with the usage before the receipt, and `usage: null` in all before it, as OpenAI does. */
  includeUsage: boolean;
  /** Texts that come, each told apart by its index. */
  choices: number;
}

/**
 * Answers with server-sent events: the pieces, the end, the receipt, `[DONE]`. What `produce` does goes on when the
 * client is gone.
 */
export function streamAnswer(
  c: Context,
  { frame, wire, includeUsage, choices }: StreamShape,
  headers: Record<string, string>,
  produce: (emit: Emit) => Promise<{ outcome: Outcome; signed: SignedReceipt }>,
): { response: Response; done: Promise<void> } {
  const finished = Promise.withResolvers<void>();
  for (const [name, value] of Object.entries(headers)) c.header(name, value);
  c.header('content-type', 'text/event-stream; charset=utf-8');
  const response = stream(c, async (events) => {
    const send = async (data: unknown) =>
      void (await events.write(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`));
    const sendPiece = (piece: Record<string, unknown>) => send(includeUsage ? { ...piece, usage: null } : piece);
    try {
      if (wire.opening) for (let index = 0; index < choices; index++) await sendPiece(wire.opening(frame, index));
      const { outcome, signed } = await produce((piece) => sendPiece(wire.piece(frame, piece, null)));
      const texts = outcome.kind === 'text' ? choicesOf(outcome) : [];
      const ends = texts.map(({ finishReason }, index) => wire.piece(frame, { index, text: '' }, finishReason));
      for (const end of ends) await sendPiece(end);
      const [end = {}] = ends;
      if (includeUsage) await send(usageEvent(end, outcome, signed));
      await send(receiptEvent(outcome, signed));
      await send('[DONE]');
    } catch (error) {
      await send(openAiErrorBody(error).body);
      finished.reject(error);
    } finally {
      finished.resolve();
    }
  });
  return { response, done: finished.promise };
}
