import { OmlError } from '@oml/protocol/error';
import { toBase64 } from '@oml/protocol/wire/base64';
import { HEADERS } from '@oml/protocol/wire/headers';
import { CALL_PATH } from '@oml/protocol/wire/model-kind';
import { bytesToHex, type Hex } from 'viem';
import { completionOf, receiptOf, type RequestBody } from './asked.ts';
import type { Calls, OpenCall } from './calls.ts';
import type { ChannelOptions } from './channel/options.ts';
import type { ExactPayment } from './exact-payment.ts';
import type { BudgetState } from './budget/budget.ts';
import { budgetOf, type ExchangeOptions, type Exchanged, type Paid, type PaidAnswer } from './exchange.ts';
import { isFinal, keptExchange } from './kept-exchange.ts';
import type { Payment } from './payment.ts';
import { refusalOf } from './refusal.ts';
import { wholeRequest } from './whole-request.ts';
import { checkedEvents, eventResponse, type StreamedEvent } from './stream-check.ts';

export type { Paid };

export interface BuyerOptions<Kind extends Payment = ExactPayment> extends Omit<ExchangeOptions, 'channel'> {
  /** Name a nonce that the claimant can open later, so that an unpaid use can be claimed. Default true. */
  claimable?: boolean;
  /** Told of every paid, verified answer, also of those that `fetch` returned. */
  onReceipt?(paid: Paid<Kind>): void;
}

/** A buyer that pays out of channels where a deposit covers several calls, and by single authorizations elsewhere. */
export interface ChannelBuyerOptions extends BuyerOptions<Payment> {
  channel: ChannelOptions;
}

export interface AskOptions {
  /** Salt of the request nonce; drawn if not given. */
  nonceSalt?: Hex;
  /** A payment sent before for the same body and salt: gets the answer without paying again. */
  payment?: Payment;
  signal?: AbortSignal;
}

export interface CompletionParams extends AskOptions {
  model: string;
  prompt: string;
  /** Tokens to generate at most. */
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  stop?: string | string[];
  seed?: number;
  /** Streams the answer to it, piece by piece, before the receipt is checked. */
  onText?: (piece: string) => void;
}

export interface ClassifyParams extends AskOptions {
  model: string;
  dtype: 'float32' | 'uint8';
  /** Row-major dims, such as [1, 1, 28, 28]. */
  shape: number[];
  data: Float32Array | Uint8Array;
}

export interface Classified {
  index: number;
  label: string;
  probabilities: number[];
}

type Check = PaidAnswer['check'];

/** `Kind` says how it pays: by single authorizations alone, or out of channels, too. */
export interface Buyer<Kind extends Payment = ExactPayment> {
  /**
   * A fetch that pays, names a nonce and refuses answers without a valid receipt; give it to an OpenAI client with
   * `maxRetries: 0`.
   */
  fetch: typeof fetch;
  /** Asks with an exact body, as probes are asked. */
  ask(
    url: string,
    body: RequestBody,
    options?: AskOptions,
  ): Promise<Paid<Kind> & { answer: unknown; completion: string }>;
  /** Asks again for what was paid for and lost, with the payments of then; `onReceipt` hears of what comes. */
  redeem(): Promise<Redeemed>;
  /** What is left of its budget; undefined where it has none. */
  budget(): Promise<BudgetState | undefined>;
  complete(baseUrl: string, params: CompletionParams): Promise<Paid<Kind> & { text: string }>;
  classify(baseUrl: string, params: ClassifyParams): Promise<Paid<Kind> & Classified>;
}

/** A buyer of model uses: pays hosts per call and takes no answer without a receipt that holds up (protocol §5). */
export function createBuyer(options: ChannelBuyerOptions): Buyer<Payment>;
export function createBuyer(options: BuyerOptions): Buyer;
export function createBuyer(options: BuyerOptions<Payment> & { channel?: ChannelOptions }): Buyer<Payment> {
  const { claimable = true } = options;
  const onReceipt = options.onReceipt?.bind(options);
  const salt = (given?: Hex) =>
    given ?? (claimable ? bytesToHex(crypto.getRandomValues(new Uint8Array(32))) : undefined);

  async function call(request: Request, body: RequestBody, { nonceSalt, payment }: AskOptions): Promise<Exchanged> {
    return keptExchange(options, { request, body, nonceSalt: salt(nonceSalt), earlier: payment }, onReceipt);
  }

  async function post(
    url: string,
    given: RequestBody,
    options: AskOptions,
  ): Promise<{ response: Response; answer: PaidAnswer }> {
    const json = JSON.stringify(given);
    const request = new Request(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: json,
      signal: options.signal ?? null,
    });
    const { response, answer, payment, nonceSalt } = await call(request, JSON.parse(json) as RequestBody, options);
    if (!response.ok) throw await refusalOf(response, payment, nonceSalt);
    if (!answer)
      throw new OmlError('RECEIPT_MISSING', 'The host answered without asking for payment: nothing proves the answer.');
    return { response, answer };
  }

  async function ask(url: string, body: RequestBody, options: AskOptions = {}) {
    const { response, answer } = await post(url, body, options);
    return checkWhole(response, answer);
  }

  return {
    ask,
    budget: async () => budgetOf(options)?.state(),
    redeem: () => redeemLost(options.calls, call),
    fetch: async (input, init) =>
      payingFetch(await wholeRequest(new Request(input, init)), call, options.fetch ?? fetch),
    async complete(baseUrl, { model, prompt, maxTokens, temperature, topP, stop, seed, onText, ...options }) {
      const body = {
        model,
        prompt,
        max_tokens: maxTokens,
        temperature,
        top_p: topP,
        stop,
        seed,
        ...(onText ? { stream: true } : {}),
      };
      const { response, answer } = await post(`${baseUrl}${CALL_PATH.language}`, body, options);
      if (onText) return readStream(response, answer, onText);
      const { completion, answer: _, ...paid } = await checkWhole(response, answer);
      return { text: completion, ...paid };
    },
    async classify(baseUrl, { model, dtype, shape, data, ...options }) {
      const {
        answer,
        completion: _,
        ...paid
      } = await ask(
        `${baseUrl}${CALL_PATH.classifier}`,
        { model, dtype, shape, data: toBase64(bytesOf(data)) },
        options,
      );
      const { index, label, probabilities } = answer as Classified;
      return { index, label, probabilities, ...paid };
    },
  };
}

/** Leaves requests without a JSON body, and answers that cost nothing, as they are. */
async function payingFetch(
  request: Request,
  call: (request: Request, body: RequestBody, options: AskOptions) => Promise<Exchanged>,
  plain: typeof fetch,
): Promise<Response> {
  const body: unknown =
    request.method === 'POST'
      ? await request
          .clone()
          .json()
          .catch(() => undefined)
      : undefined;
  if (typeof body !== 'object' || body === null) return plain(request);
  const { response, answer } = await call(request, body as RequestBody, {});
  if (!answer) return response;
  if (isStream(response)) return eventResponse(paidEvents(response, answer), response);
  await checkWhole(response.clone(), answer);
  return response;
}

/** What came of calls that were lost. */
export interface Redeemed {
  answered: number;
  /** Still open, with why; they are asked for again the next time. */
  open: { call: OpenCall; error: unknown }[];
  /** Paid for, and given up: asked again, they would end in the same error. */
  ended: { call: OpenCall; error: unknown }[];
}

async function redeemLost(
  calls: Calls | undefined,
  call: (request: Request, body: RequestBody, options: AskOptions) => Promise<Exchanged>,
): Promise<Redeemed> {
  const redeemed: Redeemed = { answered: 0, open: [], ended: [] };
  for (const lost of (await calls?.lost()) ?? []) {
    const { url, text } = lost;
    const request = new Request(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
    try {
      const { response, answer, payment, nonceSalt } = await call(request, JSON.parse(text) as RequestBody, {});
      if (!answer) throw await refusalOf(response, payment, nonceSalt);
      if (isStream(response)) for await (const _ of paidEvents(response, answer));
      else await checkWhole(response, answer);
      redeemed.answered++;
    } catch (error) {
      redeemed[isFinal(error) ? 'ended' : 'open'].push({ call: lost, error });
    }
  }
  return redeemed;
}

const isStream = ({ headers }: Response): boolean =>
  headers.get('content-type')?.startsWith('text/event-stream') ?? false;

/** The events of a stream, with its receipt checked before its end. */
async function* paidEvents(
  { body }: Response,
  { check, look, onEnd, explain, idleTimeoutMs }: PaidAnswer,
): AsyncGenerator<StreamedEvent, void, undefined> {
  try {
    yield* checkedEvents(body!, check, idleTimeoutMs, look);
  } catch (error) {
    throw explain(error);
  } finally {
    onEnd();
  }
}

async function checkWhole(
  response: Response,
  { check, look, onEnd, explain }: PaidAnswer,
): Promise<Paid<Payment> & { answer: unknown; completion: string }> {
  try {
    const answer: unknown = await response.json();
    look(answer);
    const completion = completionOf(answer);
    const paid = await check(receiptOf(answer, response.headers.get(HEADERS.receipt)), completion);
    return { answer, completion, ...paid };
  } catch (error) {
    throw explain(error);
  } finally {
    onEnd();
  }
}

async function readStream(
  response: Response,
  answer: PaidAnswer,
  onText: (piece: string) => void,
): Promise<Paid<Payment> & { text: string }> {
  let text = '';
  let paid: Paid<Payment> | undefined;
  const check: Check = async (receipt, completion) => (paid = await answer.check(receipt, completion));
  for await (const event of paidEvents(response, { ...answer, check })) {
    text += event.text;
    if (event.text !== '') onText(event.text);
  }
  return { text, ...paid! };
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint8Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);
