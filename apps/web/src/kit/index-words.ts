/** What /api/health says. */
export interface Health {
  chain?: boolean;
  index?: boolean;
  head?: string;
  indexedBlock?: string;
  /** Blocks, and seconds of chain time, that the index is behind the chain; below zero the node knows fewer. */
  lag?: number;
  lagSeconds?: number;
  /** Why the index stands still. */
  doubt?: string;
}

const LAG_WORTH_SAYING = 5;

/** Is what the pages show possibly not what the chain says? */
export const isIndexTrouble = (health: Health | undefined): boolean =>
  health !== undefined &&
  (!health.index || !health.chain || health.doubt !== undefined || Math.abs(health.lag ?? 0) > LAG_WORTH_SAYING);

/** How the index stands, in one line. */
export function indexWords(health: Health | undefined): string {
  if (!health) return 'Index: asking';
  if (!health.chain) return 'The chain does not answer.';
  if (!health.index) return 'The index does not answer.';
  const { lag = 0, lagSeconds = 0, doubt } = health;
  if (doubt !== undefined) return `Index in doubt since block ${health.indexedBlock}: ${doubt}`;
  if (lag < -LAG_WORTH_SAYING)
    return `The index has read ${-lag} blocks more than the node knows: the node is behind, or the chain began anew`;
  return lag > LAG_WORTH_SAYING ? `Index ${lag} blocks (${duration(lagSeconds)}) behind the chain` : 'Index up to date';
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
