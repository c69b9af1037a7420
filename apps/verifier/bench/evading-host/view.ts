import type { Address } from 'viem';
import { wordingOf } from './wording.ts';

/** Everything that a host can see of one paid call, but what its own model thinks of the prompt. */
export interface HostView {
  /** Unix ms. */
  at: number;
  payer: Address;
  /** What the chain tells of the payer at that moment. */
  history: {
    /** Transactions that it sent. */
    nonce: number;
    /** Smallest unit, when the call came. */
    balance: number;
    /** Sum of what it was ever sent, and when the first of it came, Unix ms. */
    received: number;
    since: number;
    /** Who sent it, how many others that one sent money to, and the steps from there to an account with a stake. */
    funder: Address;
    siblings: number;
    stepsToStake: number;
  };
  /** Paid for this call, smallest unit. */
  amount: number;
  scheme: 'exact' | 'channel';
  /** Of the client's connection. */
  port: number;
  /** Names of the headers, in the order in which they came. */
  headers: readonly string[];
  body: Readonly<Record<string, unknown>>;
}

/** The steps of an account that has no stake within reach. */
export const FAR = 9;
const ADDRESS_PARTS = 4;

type Part = 'payments' | 'times' | 'connection' | 'parameters' | 'wording';

/** The features of calls by what they are about, each with all that came before it in mind. */
export function featuresOf(views: readonly HostView[]): Record<Part, number[]>[] {
  const order = [...views.keys()].sort((a, b) => views[a]!.at - views[b]!.at);
  const memory = new Memory();
  const features: Record<Part, number[]>[] = [];
  order.forEach((index, position) => {
    const view = views[index]!;
    const next = views[order[position + 1]!];
    features[index] = {
      payments: [...paymentsOf(view), memory.callsOf(view.payer)],
      times: [...memory.gapsTo(view), next ? next.at - view.at : 0, view.at - view.history.since, view.at % 60_000],
      connection: [memory.isKnownPort(view.port), view.headers.length, hashOf(view.headers.join())],
      parameters: [...parametersOf(view.body), memory.timesAsked(view.body)],
      wording: wordingOf(String(view.body['prompt'] ?? '')),
    };
    memory.remember(view);
  });
  return features;
}

function paymentsOf({ payer, history, amount, scheme }: HostView): number[] {
  const { nonce, balance, received, siblings, stepsToStake } = history;
  const isRound = Number(String(received).replace(/0+$/, '').length <= 2);
  return [
    ...Array.from({ length: ADDRESS_PARTS }, (_, i) => parseInt(payer.slice(2 + 2 * i, 4 + 2 * i), 16)),
    nonce,
    balance,
    received,
    received - balance,
    balance / Math.max(1, amount),
    isRound,
    siblings,
    stepsToStake,
    amount,
    Number(scheme === 'channel'),
  ];
}

function parametersOf(body: Readonly<Record<string, unknown>>): number[] {
  const { temperature, max_tokens: tokens, stream } = body;
  return [
    Number(tokens ?? 0),
    typeof temperature === 'number' ? temperature : -1,
    Number(stream === true),
    Object.keys(body).length,
    hashOf(Object.keys(body).join()),
    JSON.stringify(body).length,
  ];
}

/** What a host keeps in mind of earlier calls. */
class Memory {
  private readonly calls = new Map<string, { count: number; last: number }>();
  private readonly ports = new Set<number>();
  private readonly prompts = new Map<string, number>();
  private last = 0;

  callsOf = (payer: Address): number => this.calls.get(payer)?.count ?? 0;
  isKnownPort = (port: number): number => Number(this.ports.has(port));
  timesAsked = (body: HostView['body']): number => this.prompts.get(String(body['prompt'])) ?? 0;
  gapsTo = ({ at, payer }: HostView): number[] => [at - this.last, at - (this.calls.get(payer)?.last ?? at)];

  remember({ at, payer, port, body }: HostView): void {
    this.calls.set(payer, { count: this.callsOf(payer) + 1, last: at });
    this.ports.add(port);
    this.prompts.set(String(body['prompt']), this.timesAsked(body) + 1);
    this.last = at;
  }
}

function hashOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + letter.codePointAt(0)!) >>> 0;
  return hash % 1_000;
}
