import type { Hex } from 'viem';
import type { Fault } from './node.ts';
import type { StateView, View } from './view.ts';

/** A block on which all must agree. */
export interface Anchor {
  number: bigint;
  /** Undefined until somebody was believed. */
  hash: Hex | undefined;
}

/** What is held against a node. */
export interface Verdict {
  fault: Fault;
  why: string;
}

/** What one node said, in the order in which the operator trusts them. */
export interface Said<Name> {
  name: Name;
  view: View;
  /** The highest block that it told of before. */
  best: bigint | undefined;
}

export interface Ground {
  chainId: number;
  /** Of the contracts: who has another block there is on another chain. */
  deployedAtBlock: bigint;
  anchors: readonly Anchor[];
  /** Unix seconds. */
  now: number;
}

/** Behind the newest block of another node by so much, a node lags. */
const MOST_LAG_S = 45n;
/** A block from so far in the future says nothing about others. */
const MOST_AHEAD_S = 120;

/** Who says what cannot be, or is behind. What was believed once stays; else the most are believed, else the first. */
export function judge<Name>(
  said: readonly Said<Name>[],
  { chainId, deployedAtBlock, anchors, now }: Ground,
): Map<Name, Verdict> {
  const verdicts = new Map<Name, Verdict>();
  for (const { name, view } of said)
    if (view.chainId !== chainId)
      verdicts.set(name, { fault: 'other-chain', why: `it serves chain ${view.chainId}, not ${chainId}` });
  for (const anchor of anchors) {
    const left = said.filter(({ name }) => !verdicts.has(name));
    const believed = anchor.hash ?? mostSaid(left.map(({ view }) => view.hashes.get(anchor.number)));
    if (believed === undefined) continue;
    for (const one of left) {
      const verdict = againstAnchor(one, { number: anchor.number, hash: believed }, deployedAtBlock);
      if (verdict) verdicts.set(one.name, verdict);
    }
  }
  const honest = said.filter(({ name }) => !verdicts.has(name));
  for (const { name, by } of laggards(honest, now))
    verdicts.set(name, { fault: 'lags', why: `its newest block is ${by} s older than another node's` });
  return verdicts;
}

function againstAnchor<Name>(
  { view, best }: Said<Name>,
  { number, hash }: Required<Anchor>,
  deployedAtBlock: bigint,
): Verdict | undefined {
  const own = view.hashes.get(number);
  if (own === hash) return undefined;
  if (view.head.number < number && (best === undefined || best < number))
    return { fault: 'lags', why: `it has no block ${number} yet` };
  if (own === undefined) return { fault: 'contradicts', why: `it has lost block ${number}, which is final` };
  const fault = number === deployedAtBlock ? 'other-chain' : 'contradicts';
  return { fault, why: `its block ${number} is ${own}, not ${hash}` };
}

/** What most say; the first of them where nobody is the most. Undefined where nobody says anything. */
export function mostSaid<Word>(words: readonly (Word | undefined)[]): Word | undefined {
  const counts = new Map<Word, number>();
  for (const word of words) if (word !== undefined) counts.set(word, (counts.get(word) ?? 0) + 1);
  let most: Word | undefined;
  for (const [word, count] of counts) if (most === undefined || count > counts.get(most)!) most = word;
  return most;
}

function laggards<Name>(said: readonly Said<Name>[], now: number): { name: Name; by: bigint }[] {
  const present = said.filter(({ view }) => Number(view.head.timestamp) <= now + MOST_AHEAD_S);
  const [first, ...rest] = present.length > 0 ? present : said;
  if (!first) return [];
  const newest = rest.reduce((a, b) => (b.view.head.timestamp > a.view.head.timestamp ? b : a), first);
  return said.flatMap(({ name, view }) => {
    const by = newest.view.head.timestamp - view.head.timestamp;
    return by > MOST_LAG_S && view.head.number < newest.view.head.number ? [{ name, by }] : [];
  });
}

/** Who has other balances or nonces than most, after the very same block. */
export function judgeState<Name>(
  states: readonly { name: Name; seen: StateView }[],
  blockNumber: bigint,
): Map<Name, Verdict> {
  const hash = mostSaid(states.map(({ seen }) => seen.hash));
  const same = states.filter(({ seen }) => seen.hash !== undefined && seen.hash === hash);
  const believed = mostSaid(same.map(({ seen }) => seen.state));
  const why = `its balances or nonces after block ${blockNumber} are not another node's`;
  return new Map(
    same.filter(({ seen }) => seen.state !== believed).map(({ name }) => [name, { fault: 'contradicts', why }]),
  );
}
