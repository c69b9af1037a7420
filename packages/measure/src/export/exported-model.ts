import type { MeasuredAs, MeasuredFigure, Measurement } from '@oml/protocol/wire/measurement';

type Hex = `0x${string}`;

/** What the owner's card claims of a model. */
export interface ClaimedFacts {
  name?: string;
  /** Markdown. */
  text: string;
  task?: string;
  license?: string;
  library?: string;
  languages: readonly string[];
  tags: readonly string[];
  datasets: readonly string[];
  baseModels: readonly string[];
}

/** A measurement that was published, with who stands for it. */
export interface PublishedMeasurement {
  measurement: Measurement;
  by: Hex;
  as: MeasuredAs;
  anchoredAt: Date;
  /** Of the transaction that carries it. */
  tx: Hex;
}

/** What an export is made of: what the chain holds of a model, what its card claims, and what was measured of it. */
export interface ExportedModel {
  chainId: number;
  modelRegistry: Hex;
  modelId: bigint;
  owner: Hex;
  release: number;
  weightsDigest: Hex;
  parents: readonly bigint[];
  card: ClaimedFacts;
  measurements: readonly PublishedMeasurement[];
  exportedAt: Date;
}

/** One figure with who stands for it: what every format says in its own words. */
export interface ExportedFigure extends PublishedMeasurement {
  figure: MeasuredFigure;
}

/** CAIP-19: the model's token, by chain and registry. */
export const modelName = (
  { chainId, modelRegistry }: Pick<ExportedModel, 'chainId' | 'modelRegistry'>,
  modelId: bigint,
): string => `eip155:${chainId}/erc721:${modelRegistry}/${modelId}`;

/** CAIP-10. */
export const accountName = ({ chainId }: Pick<ExportedModel, 'chainId'>, account: Hex): string =>
  `eip155:${chainId}:${account}`;

/** What people call it. */
export const titleOf = ({ card, modelId }: ExportedModel): string => card.name ?? `model ${modelId}`;

export const figuresOf = ({ measurements }: ExportedModel): ExportedFigure[] =>
  measurements.flatMap((published) => published.measurement.figures.map((figure) => ({ ...published, figure })));

/** The owner, and whoever measured. */
export const accountsOf = ({ owner, measurements }: ExportedModel): Hex[] => [
  ...new Set([owner, ...measurements.map(({ by }) => by)]),
];

const STANDING: Record<MeasuredAs, string> = {
  claimed: 'claimed: the owner of the model measured it',
  checked: 'checked: a verifier with a stake measured it',
  said: 'said: somebody measured it who has no stake',
};

/** Who stands for a measurement, since when, and how anybody measures it again. */
export const standingWords = ({ as, by, tx, measurement: { command } }: PublishedMeasurement): string =>
  `${STANDING[as]} (${by}, anchored in ${tx}). Measure again: ${command}`;

/** Seconds of UTC, as RFC 3339 and both bills of materials write them. */
export const secondsOf = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;
