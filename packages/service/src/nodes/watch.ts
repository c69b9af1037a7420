import { Gauge, type Registry } from 'prom-client';
import type { Chain } from '../chain.ts';
import type { Logger } from '../logger.ts';
import { createTicker, type Ticker } from '../ticker.ts';

export interface NodeWatchOptions {
  chain: Pick<Chain, 'nodes'>;
  logger: Logger;
  /** What is found is measured there: by node, `oml_rpc_node_up` and `oml_rpc_node_head`. */
  metrics?: Registry | undefined;
}

const LOOK_EVERY_MS = 10_000;

/** Compares the nodes of a chain from time to time, as long as it runs. */
export function createNodeWatch({ chain: { nodes }, logger, metrics }: NodeWatchOptions): Ticker {
  nodes.tell(logger);
  if (metrics) measure(nodes, metrics);
  return createTicker({ everyMs: LOOK_EVERY_MS, run: () => nodes.look(), logger });
}

function measure(nodes: Chain['nodes'], registry: Registry): void {
  const of = { labelNames: ['node'] as const, registers: [registry] };
  new Gauge({
    ...of,
    name: 'oml_rpc_node_up',
    help: '1: nothing speaks against this node of the chain; 0: it is put aside',
    collect() {
      for (const { node, fault } of nodes.states()) this.set({ node }, fault === undefined ? 1 : 0);
    },
  });
  new Gauge({
    ...of,
    name: 'oml_rpc_node_head',
    help: 'The newest block that this node told of',
    collect() {
      for (const { node, head } of nodes.states()) if (head !== undefined) this.set({ node }, Number(head));
    },
  });
}

/** For /ready, which strangers read: how many nodes are asked, and no word of whose they are. */
export function countNodes({ nodes }: NodeWatchOptions['chain']): { nodes: { good: number; aside: number } } {
  const states = nodes.states();
  const aside = states.filter(({ fault }) => fault !== undefined).length;
  return { nodes: { good: states.length - aside, aside } };
}
