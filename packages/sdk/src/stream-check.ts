import { OmlError } from '@oml/protocol/error';
import { completionOfTexts, MOST_CHOICES } from '@oml/protocol/evidence/completion';
import type { SignedReceipt } from '@oml/protocol/signed/receipt';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { receiptFromJson } from '@oml/protocol/wire/receipt-json';
import { serverEvents } from './server-events.ts';

const DONE = '[DONE]';

export interface StreamedEvent {
  data: string;
  /** Text that this event adds to the completion. */
  text: string;
}

/**
 * Passes the events of a streamed completion on as they come, but its end only after `check` accepted the receipt: an
 * answer without a valid receipt never looks finished; text that no receipt can cover is not passed on. `look` sees every
 * event first. Throws what both throw, RECEIPT_INVALID for such text, UNAVAILABLE after a silence of `idleTimeoutMs`.
 */
export async function* checkedEvents(
  body: ReadableStream<Uint8Array>,
  check: (receipt: SignedReceipt | undefined, completion: string) => Promise<unknown>,
  idleTimeoutMs?: number,
  look: (event: unknown) => void = () => {},
): AsyncGenerator<StreamedEvent, void, undefined> {
  /** Of each choice. */
  const texts: string[] = [''];
  const completion = () => completionOfTexts(texts);
  let receipt: SignedReceipt | undefined;
  for await (const data of serverEvents(body, idleTimeoutMs)) {
    if (data === DONE) break;
    const event = JSON.parse(data) as {
      object?: string;
      oml?: unknown;
      choices?: StreamedChoice[];
      error?: unknown;
    };
    if (event.error) throw brokenOff(event);
    look(event);
    if (event.object === 'oml.receipt') {
      receipt = receiptFromJson(event.oml);
      await check(receipt, completion());
    }
    const choices = event.choices ?? [];
    for (const choice of choices) {
      // Clients read one of the two, and the receipt is for the other.
      if (choice.text !== undefined && choice.delta?.content) throw uncovered();
      if (textOf(choice) === '') continue;
      if (receipt || !isIndex(choice.index ?? 0)) throw uncovered();
      addTo(texts, choice.index ?? 0, textOf(choice));
    }
    yield { data, text: choices[0] ? textOf(choices[0]) : '' };
  }
  if (!receipt) await check(undefined, completion());
  yield { data: DONE, text: '' };
}

interface StreamedChoice {
  index?: number;
  text?: string;
  delta?: { content?: string | null };
}

const textOf = ({ text, delta }: StreamedChoice): string => text ?? delta?.content ?? '';
const isIndex = (index: number): boolean => Number.isInteger(index) && index >= 0 && index < MOST_CHOICES;

const uncovered = (): OmlError =>
  new OmlError('RECEIPT_INVALID', 'The host sends text after its receipt, or where none can cover it.');

function addTo(texts: string[], index: number, text: string): void {
  while (texts.length <= index) texts.push('');
  texts[index] += text;
}

/** A stream that breaks off may be asked again: the payment gets the answer that was paid for. */
const brokenOff = (event: object): OmlError =>
  errorOfProblem(200, { detail: 'The host broke the stream off.', ...event, retryable: true }, { who: 'The host' });

/** The same events as a response, for clients that read server-sent events themselves. */
export function eventResponse(
  events: AsyncGenerator<StreamedEvent, void, undefined>,
  { status, headers }: Response,
): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { value, done } = await events.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`data: ${value.data}\n\n`));
    },
    async cancel() {
      await events.return();
    },
  });
  return new Response(body, { status, headers });
}
