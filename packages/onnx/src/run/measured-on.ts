/**
 * What a figure was measured with. Instructions of a CPU decide how an engine sums: float32 scores differ by some 1e-5
 * from AVX2 to AVX-512 to WebAssembly, and rounded activations by whole codes.
 */
export interface MeasuredOn {
  /** Name, version and provider. */
  engine: string;
  cpu: string;
  /** Its instructions that engines choose their kernels by; `unknown` where the system does not tell. */
  features: readonly string[] | 'unknown';
}

/** As one line of a report. */
export function measuredOnLine({ engine, cpu, features }: MeasuredOn): string {
  const named = features === 'unknown' ? 'instructions unknown' : features.join(' ') || 'no vector instructions';
  return `Measured on ${engine}, ${cpu} (${named})`;
}
