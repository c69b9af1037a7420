/** Whom notices are about, and the time of the chain as far as it is indexed. */
export interface Asked {
  accounts: string[];
  now: Date;
  /** What is over is told of back to then. */
  since: Date;
}
