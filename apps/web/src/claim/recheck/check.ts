/** One thing that this browser checked by itself. */
export interface Check {
  name: string;
  ok: boolean;
  detail: string;
}

/** One item of a batch as it was shown to the court. */
export interface WalkStep {
  index: number;
  hit: boolean;
  /** Score after this item. */
  score: number;
}

export interface Recheck {
  checks: Check[];
  walk?: WalkStep[];
  needed?: number;
}

/** One check over many: fine if all are, and if not, says which. */
export function checkAll(name: string, good: string, verdicts: readonly boolean[]): Check {
  const bad = verdicts.flatMap((ok, i) => (ok ? [] : [i + 1]));
  return { name, ok: bad.length === 0, detail: bad.length === 0 ? good : `fails for ${bad.join(', ')}` };
}
