'use client';
import { formatDollars } from '@oml/protocol/money';
import { dollars, parseDollars } from '@oml/ui/dollars';
import { useState } from 'react';
import type { Listing } from '#host/host-listing.ts';
import { pays, type Meter } from './meters.ts';
import type { Sessions } from './sessions.ts';
import { useSessions } from './use-sessions.ts';

/** How a call is paid: by a signature of its own, or out of a session. */
export type Way = 'call' | 'session';

/** A call out of a session; `budget` is what the wallet is asked for where `signs`. */
export interface SessionCall {
  sessions: Sessions;
  budget: bigint;
  signs: boolean;
}

export interface SessionChoice {
  way: Way;
  choose(way: Way): void;
  /** Of this host; undefined where there is none yet. */
  meter: Meter | undefined;
  budgetText: string;
  setBudgetText(text: string): void;
  /** Why the call can't go out of a session as it stands. */
  problem: string | undefined;
  /** Undefined where each call is paid by itself, or something stands against it. */
  call: SessionCall | undefined;
  /** Can a call be sent as it is chosen? Never by itself where a session was chosen. */
  isReady: boolean;
  /** Asks anew what is left. */
  reread(): Promise<void>;
}

/** Below this many calls a deposit is not worth its transaction: the SDK pays them one by one. */
const FEWEST_CALLS = 3n;
/** What is proposed. */
const CALLS = 100n;

/** Whether the next call to a host is paid out of a session, and what stands against that. */
export function useSessionChoice(listing: Listing | undefined): SessionChoice {
  const { sessions, meters, reread } = useSessions();
  const [chosen, choose] = useState<Way>();
  const [typed, setBudgetText] = useState<string>();
  const price = listing?.price ?? 0n;
  const meter = meters?.find(({ host }) => host.vault.toLowerCase() === listing?.vault.toLowerCase());
  const isPaid = meter !== undefined && pays(meter, price);
  const way = chosen ?? (isPaid ? 'session' : 'call');
  const budgetText = typed ?? formatDollars(meter?.host.budget ?? price * CALLS);
  const budget = isPaid ? meter.host.budget : parseDollars(budgetText);
  const problem = way === 'session' ? problemOf(meter, isPaid, budget, price) : undefined;
  const call =
    way === 'session' && sessions && budget !== undefined && problem === undefined
      ? { sessions, budget, signs: !isPaid }
      : undefined;
  return {
    way,
    choose,
    meter,
    budgetText,
    setBudgetText,
    problem,
    call,
    isReady: way === 'call' || call !== undefined,
    reread,
  };
}

function problemOf(
  meter: Meter | undefined,
  isPaid: boolean,
  budget: bigint | undefined,
  price: bigint,
): string | undefined {
  if (isPaid) return undefined;
  if (meter?.host.isStopped) return 'You stopped this session. Let it go on under “Use”, or pay this call by itself.';
  if (meter?.channel.leavableAt) return 'You asked for its money past the host: it pays nothing until that is taken.';
  if (budget === undefined) return 'Write dollars, such as 2.50.';
  return budget < price * FEWEST_CALLS ? `At least three calls: ${dollars(price * FEWEST_CALLS)}.` : undefined;
}
