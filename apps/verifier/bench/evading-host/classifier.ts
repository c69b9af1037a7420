/** One call as the host sees it, and what it was. */
export interface Example {
  features: readonly number[];
  isProbe: boolean;
  /** Examples of one group stay on one side of a split: what is learnt about them must hold for others. */
  group: string;
}

/** The chance that a call is a probe. */
export type Classifier = (features: readonly number[]) => number;
