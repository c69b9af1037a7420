import { ACCUSATION_LEVEL, type Suspect } from '../edition/trace.ts';
import { logHedgedOf } from './calibrate.ts';
import { combineLogE } from './e-process.ts';

/** How a copy tells whose it is: tracing keys that answer, atoms in its weights, noise in its weights. */
export const TRACE_CHANNELS = ['answers', 'atoms', 'noise'] as const;
export type TraceChannel = (typeof TRACE_CHANNELS)[number];

export type ChannelSuspect = Pick<Suspect, 'id' | 'pValue' | 'accused'>;
export type Channels = Partial<Record<TraceChannel, readonly ChannelSuspect[]>>;

export interface JointSuspect {
  id: string;
  /** ln of the e-value of all channels together: at most 1 on average for an innocent, whatever the copy is. */
  logE: number;
  /** Channels that point to this licensee, at odds of ten to one or better. */
  spoke: TraceChannel[];
  /** By all channels together; each may accuse on its own besides. */
  accused: boolean;
}

/** Odds from which a channel is said to have spoken. */
const SPEAKS = Math.log(10);

/**
 * Weighs all channels together, the likeliest first. Answers and atoms hang on the same secret subset, so that the mean
 * of their e-values counts; noise is drawn apart from it, so that its e-value multiplies.
 */
export function joinChannels({ answers, atoms, noise }: Channels): JointSuspect[] {
  const ids = [...new Set([answers, atoms, noise].flatMap((some) => (some ?? []).map(({ id }) => id)))];
  const of = (some: readonly ChannelSuspect[] | undefined, id: string): number[] =>
    (some ?? []).filter((one) => one.id === id).map(({ pValue }) => logHedgedOf(pValue));
  const joined = ids.map((id): JointSuspect => {
    const logs = { answers: of(answers, id), atoms: of(atoms, id), noise: of(noise, id) };
    const logE = combineLogE([...logs.answers, ...logs.atoms], false) + logs.noise.reduce((sum, log) => sum + log, 0);
    const spoke = TRACE_CHANNELS.filter((channel) => logs[channel].some((log) => log >= SPEAKS));
    return { id, logE, spoke, accused: logE >= Math.log(ids.length / ACCUSATION_LEVEL) };
  });
  return joined.sort((a, b) => b.logE - a.logE);
}

/**
 * ln of the e-value that a copy is one of the editions that were handed out, whosever: the mean over all licensees.
 * What a mark in the weights adds to the answers of common keys.
 */
export function logAnyEdition(channels: Omit<Channels, 'answers'>): number {
  return combineLogE(
    joinChannels(channels).map(({ logE }) => logE),
    false,
  );
}
