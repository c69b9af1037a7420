import type { Deployment } from '@oml/protocol/chain/deployment';
import { fallback, type Address, type Transport } from 'viem';
import type { Logger } from '../logger.ts';
import { judge, judgeState, mostSaid, type Anchor, type Said, type Verdict } from './judge.ts';
import { createNode, isLie, namesOf, silenceOf, type Fault, type Node, type NodeState } from './node.ts';
import { readState, readView } from './view.ts';

/** The nodes of one chain: the first that nothing speaks against is asked. */
export interface Nodes {
  /** One transport over all of them. */
  transport: Transport;
  /** Compares what they say. Looks that overlap are one. Never throws. */
  look(): Promise<void>;
  states(): NodeState[];
  /** The node that is asked now; undefined where every one lies. */
  inUse(): string | undefined;
  /** Holds something against a node. */
  putAside(node: string, verdict: Verdict): void;
  /** What all must say the same of: balance and nonce of an account. */
  compare(account: Address): void;
  /** Who hears of nodes that are put aside and come back. */
  tell(logger: Logger): void;
}

export interface NodesOptions {
  /** In the order in which they are trusted and asked. */
  urls: readonly string[];
  deployment: Pick<Deployment, 'chainId' | 'deployedAtBlock'>;
}

/** One alone is waited for; where there are others, the next is soon asked. */
const TIMEOUT_MS = { alone: 20_000, others: 6_000 };
/** A lie is kept in mind for longer than a failure. */
const ASIDE_MS: Record<Fault, number> = {
  silent: 30_000,
  lags: 30_000,
  omits: 600_000,
  'other-chain': 600_000,
  contradicts: 600_000,
};

export function createNodes({ urls, deployment }: NodesOptions): Nodes {
  const names = namesOf(urls);
  const timeoutMs = urls.length > 1 ? TIMEOUT_MS.others : TIMEOUT_MS.alone;
  const nodes = urls.map((url, i) => createNode({ url, name: names[i]!, timeoutMs }));
  const accounts = new Set<Address>();
  const { chainId } = deployment;
  const deployedAtBlock = BigInt(deployment.deployedAtBlock);
  let anchors: Anchor[] = [{ number: deployedAtBlock, hash: undefined }];
  let logger: Logger | undefined;
  let looking: Promise<void> | undefined;

  const isAside = (node: Node) => node.fault !== undefined && node.asideUntil > Date.now();
  const mayBeAsked = (node: Node) => !isAside(node) || (!isLie(node.fault) && nodes.every(isAside));

  function putAside(node: Node, { fault, why }: Verdict): void {
    const isNews = node.fault !== fault || !isAside(node);
    Object.assign(node, { fault, why, asideUntil: Date.now() + ASIDE_MS[fault] });
    if (isNews) logger?.warn({ node: node.node, fault, why }, 'a node of the chain is put aside');
  }

  function takeBack(node: Node): void {
    if (node.fault !== undefined) logger?.info({ node: node.node }, 'a node of the chain is asked again');
    Object.assign(node, { fault: undefined, why: undefined });
  }

  /** The node as one of several: silent where it is put aside, noted where it fails. */
  const guarded =
    (node: Node): Transport =>
    (parameters) => {
      const inner = node.transport(parameters);
      const request = async (...args: Parameters<typeof inner.request>) => {
        if (!mayBeAsked(node)) throw new NodeAsideError(node);
        try {
          return await inner.request(...args);
        } catch (error) {
          const why = silenceOf(error);
          if (why !== undefined && !isLie(node.fault)) putAside(node, { fault: 'silent', why });
          throw error;
        }
      };
      return { ...inner, request: request as typeof inner.request };
    };

  async function lookNow(): Promise<void> {
    const asked = nodes.filter((node) => !isLie(node.fault) || !isAside(node));
    const numbers = anchors.map(({ number }) => number);
    const said: Said<Node>[] = [];
    const seen = await Promise.allSettled(asked.map(({ client }) => readView(client, numbers)));
    seen.forEach((each, i) => {
      const name = asked[i]!;
      if (each.status === 'fulfilled') said.push({ name, view: each.value, best: name.head });
      else putAside(name, { fault: 'silent', why: silenceOf(each.reason) ?? 'it does not say how its chain stands' });
    });
    const ground = { chainId, deployedAtBlock, anchors, now: Date.now() / 1_000 };
    const verdicts = judge(said, ground);
    const honest = said.filter(({ name }) => !verdicts.has(name));
    for (const [node, verdict] of await contradictions(honest)) verdicts.set(node, verdict);
    for (const { name: node, view } of said) {
      node.head = view.head.number;
      const verdict = verdicts.get(node);
      if (verdict) putAside(node, verdict);
      else if (node.fault !== 'omits' || !isAside(node)) takeBack(node);
    }
    anchors = nextAnchors(
      anchors,
      honest.filter(({ name }) => !verdicts.has(name)),
    );
  }

  /** Balances and nonces, where two or more can be compared. */
  async function contradictions(said: readonly Said<Node>[]): Promise<Map<Node, Verdict>> {
    if (said.length < 2 || accounts.size === 0) return new Map();
    const at = said.map(({ view }) => view.head.number).reduce((a, b) => (a < b ? a : b));
    const states = await Promise.all(
      said.map(async ({ name }) => {
        // Who keeps no state of that block says nothing about it.
        const seenState = await readState(name.client, [...accounts], at).catch(() => undefined);
        return seenState && { name, seen: seenState };
      }),
    );
    return judgeState(
      states.filter((each) => each !== undefined),
      at,
    );
  }

  const byName = (name: string) => nodes.find(({ node }) => node === name);
  return {
    transport: fallback(nodes.map(guarded), { shouldThrow: isFinalAnswer }),
    look: () => (looking ??= lookNow().finally(() => (looking = undefined))),
    states: () => nodes.map(({ node, fault, why, head }) => ({ node, fault, why, head })),
    inUse: () => (nodes.find((node) => !isAside(node)) ?? nodes.find(mayBeAsked))?.node,
    putAside(name, verdict) {
      const node = byName(name);
      if (node) putAside(node, verdict);
    },
    compare: (account) => void accounts.add(account),
    tell: (to) => void (logger = to),
  };
}

/**
 * On what all must agree at the next look: what was agreed now, and a block that has become final since, which then
 * takes its place. So a node that changes its mind about what is final is found out, even where it is alone.
 */
function nextAnchors<Name>(anchors: readonly Anchor[], honest: readonly Said<Name>[]): Anchor[] {
  const [first] = honest;
  if (!first) return [...anchors];
  const agreed = anchors.map(({ number, hash }) => ({
    number,
    hash: hash ?? mostSaid(honest.map(({ view }) => view.hashes.get(number))),
  }));
  const newest = agreed.findLast(({ hash }) => hash !== undefined) ?? agreed[0]!;
  const isOld = first.view.final > newest.number;
  return isOld ? [newest, { number: first.view.final, hash: undefined }] : [newest];
}

/** It is not asked for now. */
class NodeAsideError extends Error {
  constructor({ node, why }: NodeState) {
    super(`The node ${node} is put aside: ${why}.`);
    this.name = 'NodeAsideError';
  }
}

/** A node's word about the transaction or call itself, which no other node would say differently. */
const FINAL = [
  /execution reverted|gas required exceeds/i,
  /nonce too|insufficient funds|underpriced|already (?:known|imported)/i,
];

function isFinalAnswer(error: Error): boolean {
  const { details = error.message } = error as { details?: string };
  return FINAL.some((words) => words.test(details));
}
