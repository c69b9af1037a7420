import type { Hex } from 'viem';
import type { Prepared } from '../edition/edition.ts';
import { siteMatrix } from '../edition/site-matrix.ts';
import { traceCopy, type Licensee } from '../edition/trace.ts';
import { traceGraded } from '../edition/trace-graded.ts';
import { traceWeights } from '../edition/trace-weights.ts';

/**
 * What a copy is traced by: which tracing keys answer, how much of each atom its weights hold, and the noise of each
 * edition in them.
 */
export const CHANNELS = ['answers', 'atoms', 'noise'] as const;
export type Channel = (typeof CHANNELS)[number];

/** Share of trials in which at least one colluder is accused, and in which all are. */
export interface Named {
  some: number;
  all: number;
}

export interface TrialSummary {
  attack: string;
  size: number;
  trials: number;
  named: Record<Channel, Named>;
  /** At least one, by any channel. */
  namedByAny: number;
  /** By any channel. */
  innocentsAccused: number;
  innocentsTested: number;
  /** Share of tracing keys that fire, by the number of colluders that hold them. */
  firing: number[];
  /** How much of each atom was found in each attacked copy. */
  presences: number[][];
}

/** What the tracer knows. */
export interface Tracer {
  prepared: Prepared;
  /** With the seed of the noise that is in each edition. */
  licensees: readonly (Licensee & { slotSeed: Hex })[];
  holdChance: number;
  /** E[k kᵀ] of ordinary text; colluders measure the same. */
  covariance: Float64Array;
  /** Of `openPresence`. */
  presenceIn: (copy: Float32Array) => Promise<number[]>;
}

export interface Tally {
  /** Trials with at least one colluder accused, and with all. */
  channels: Record<Channel, Named>;
  any: number;
  innocents: number;
  fired: number[];
  asked: number[];
  presences: number[][];
}

export function emptyTally(size: number): Tally {
  const zeros = () => Array.from({ length: size + 1 }, () => 0);
  return {
    channels: { answers: { some: 0, all: 0 }, atoms: { some: 0, all: 0 }, noise: { some: 0, all: 0 } },
    any: 0,
    innocents: 0,
    fired: zeros(),
    asked: zeros(),
    presences: [],
  };
}

/** Traces one copy of a coalition by every channel and counts whom that accuses. */
export async function countVerdicts(
  { licensees, holdChance, prepared, covariance, presenceIn }: Tracer,
  coalition: readonly number[],
  fired: readonly boolean[],
  file: Uint8Array,
  tally: Tally,
): Promise<void> {
  const copy = siteMatrix(prepared.site, file);
  const presence = await presenceIn(copy);
  const suspects = {
    answers: traceCopy(fired, licensees, holdChance),
    atoms: traceGraded(presence, licensees, holdChance),
    noise: traceWeights(prepared, copy, licensees, covariance),
  };
  const guilty = new Set(coalition.map((member) => licensees[member]!.id));
  const accused = new Set<string>();
  for (const channel of CHANNELS) {
    const names = suspects[channel].filter((suspect) => suspect.accused).map(({ id }) => id);
    const caught = names.filter((id) => guilty.has(id)).length;
    tally.channels[channel].some += Number(caught > 0);
    tally.channels[channel].all += Number(caught === guilty.size);
    names.forEach((id) => accused.add(id));
  }
  tally.any += Number([...accused].some((id) => guilty.has(id)));
  tally.innocents += [...accused].filter((id) => !guilty.has(id)).length;
  tally.presences.push(presence);
  fired.forEach((fires, key) => {
    const holders = coalition.filter((member) => licensees[member]!.subset.includes(key)).length;
    tally.asked[holders]! += 1;
    tally.fired[holders]! += Number(fires);
  });
}

export function summaryOf(
  { channels, any, innocents, fired, asked, presences }: Tally,
  about: Pick<TrialSummary, 'attack' | 'size' | 'trials' | 'innocentsTested'>,
): TrialSummary {
  const share = ({ some, all }: Named): Named => ({ some: some / about.trials, all: all / about.trials });
  return {
    ...about,
    named: { answers: share(channels.answers), atoms: share(channels.atoms), noise: share(channels.noise) },
    namedByAny: any / about.trials,
    innocentsAccused: innocents,
    firing: fired.map((hits, holders) => hits / Math.max(1, asked[holders]!)),
    presences,
  };
}
