import type { Hex } from 'viem';
import { describe, expect, it } from 'vitest';
import { judge, judgeState, mostSaid, type Anchor, type Said } from './judge.ts';
import { namesOf } from './node.ts';

const NOW = 1_800_000_000;
const hash = (n: number): Hex => `0x${n.toString(16).padStart(64, '0')}`;

interface Words {
  chainId?: number;
  head?: bigint;
  age?: number;
  at?: Record<number, Hex>;
  best?: bigint;
}
const said = (name: string, { chainId = 1, head = 100n, age = 5, at = { 10: hash(10) }, best }: Words = {}) =>
  ({
    name,
    view: {
      chainId,
      head: { number: head, hash: hash(Number(head)), timestamp: BigInt(NOW - age) },
      final: 64n,
      hashes: new Map(Object.entries(at).map(([number, word]) => [BigInt(number), word])),
    },
    best,
  }) satisfies Said<string>;
const faults = (all: Said<string>[], anchors: Anchor[] = [{ number: 10n, hash: undefined }]) => {
  const verdicts = judge(all, { chainId: 1, deployedAtBlock: 10n, anchors, now: NOW });
  return Object.fromEntries([...verdicts].map(([name, { fault }]) => [name, fault]));
};

describe('nodes of one chain', () => {
  it('that agree have nothing against them', () => {
    expect(faults([said('a'), said('b', { head: 101n, age: 0 }), said('c', { head: 99n, age: 17 })])).toEqual({});
  });

  it('are of another chain with another id, or another block where the contracts were deployed', () => {
    const others = [said('id', { chainId: 5 }), said('fork', { at: { 10: hash(99) } })];
    expect(faults([...others, said('a'), said('b')])).toEqual({ id: 'other-chain', fork: 'other-chain' });
  });

  it('believe what was believed before, the most, and else the one named first', () => {
    const fork = (name: string) => said(name, { at: { 10: hash(10), 20: hash(99) } });
    const good = (name: string) => said(name, { at: { 10: hash(10), 20: hash(20) } });
    const at20 = { number: 20n, hash: undefined };
    expect(faults([fork('x'), good('a'), good('b')], [at20])).toEqual({ x: 'contradicts' });
    expect(faults([good('a'), fork('x')], [at20])).toEqual({ x: 'contradicts' });
    expect(faults([fork('x'), fork('y'), good('a')], [{ ...at20, hash: hash(20) }])).toEqual({
      x: 'contradicts',
      y: 'contradicts',
    });
  });

  it('contradict themselves where a final block is lost, and only lag where they never had it', () => {
    const anchor = { number: 64n, hash: hash(64) };
    const full = said('a', { at: { 64: hash(64) } });
    const lost = said('lost', { head: 50n, best: 90n, at: {} });
    expect(faults([full, lost, said('young', { head: 50n, at: {} })], [anchor])).toEqual({
      lost: 'contradicts',
      young: 'lags',
    });
  });

  it('lag behind another that is newer by most of a minute, and not behind one that invents the future', () => {
    expect(faults([said('slow', { head: 95n, age: 60 }), said('a')])).toEqual({ slow: 'lags' });
    expect(faults([said('a'), said('b'), said('liar', { head: 10_000n, age: -86_400 })])).toEqual({});
    expect(faults([said('alone', { age: 9_999 })])).toEqual({});
  });

  it('have the same balances and nonces after the same block', () => {
    const state = (name: string, text: string, block = 7) => ({ name, seen: { hash: hash(block), state: text } });
    const liar = judgeState([state('a', '5 1'), state('x', '9 1'), state('b', '5 1'), state('fork', '4 1', 8)], 7n);
    expect([...liar.keys()]).toEqual(['x']);
  });
});

it('counts words that were said most, and leaves out who says nothing', () => {
  expect(mostSaid([undefined, 'a', 'b', 'b'])).toBe('b');
  expect(mostSaid(['a', 'b'])).toBe('a');
  expect(mostSaid([undefined])).toBeUndefined();
});

it('names a node by its host alone', () => {
  const urls = ['https://rpc.example/v3/PROVIDERKEY1', 'https://rpc.example/v3/PROVIDERKEY2', 'http://127.0.0.1:8545'];
  expect(namesOf(urls)).toEqual(['rpc.example', 'rpc.example (2)', '127.0.0.1:8545']);
  expect(() => namesOf(['nonsense'])).toThrow(/http\(s\)/);
});
