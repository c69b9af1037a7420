/** Settings of AdamW (Loshchilov & Hutter, arXiv:1711.05101). */
export interface AdamOptions {
  learningRate: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
  /** Share of each weight that is taken off per step, times the learning rate. */
  weightDecay?: number;
  /** Longest gradient over all weights together; longer ones are shortened. */
  clipNorm?: number;
}

export type Weights = Map<string, Float32Array<ArrayBuffer>>;

interface Moments {
  mean: Float32Array;
  square: Float32Array;
}

/**
 * Adam over named weights, in place. Plain loops: measured against gradients from the engine they cost next to nothing.
 */
export class Adam {
  private readonly moments = new Map<string, Moments>();
  private steps = 0;

  /**
   * One step. `gradients` holds a gradient for each weight that shall move; `learningRate` may change from step to
   * step.
   */
  step(weights: Weights, gradients: ReadonlyMap<string, Float32Array>, options: AdamOptions): void {
    const { learningRate, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, clipNorm = Infinity } = options;
    this.steps += 1;
    const shorten = Math.min(1, clipNorm / (normOf(gradients.values()) + 1e-12));
    const rate = (learningRate * Math.sqrt(1 - beta2 ** this.steps)) / (1 - beta1 ** this.steps);
    const tiny = epsilon * Math.sqrt(1 - beta2 ** this.steps);
    for (const [name, gradient] of gradients) {
      const values = weights.get(name)!;
      const { mean, square } = this.momentsOf(name, values.length);
      for (let i = 0; i < values.length; i++) {
        const slope = gradient[i]! * shorten;
        const m = (mean[i] = beta1 * mean[i]! + (1 - beta1) * slope);
        const v = (square[i] = beta2 * square[i]! + (1 - beta2) * slope * slope);
        values[i]! -= (rate * m) / (Math.sqrt(v) + tiny) + learningRate * weightDecay * values[i]!;
      }
    }
  }

  private momentsOf(name: string, size: number): Moments {
    const old = this.moments.get(name);
    if (old) return old;
    const fresh = { mean: new Float32Array(size), square: new Float32Array(size) };
    this.moments.set(name, fresh);
    return fresh;
  }
}

/** Euclidean norm over several arrays. */
export function normOf(arrays: Iterable<Float32Array>): number {
  let sum = 0;
  for (const array of arrays) for (let i = 0; i < array.length; i++) sum += array[i]! * array[i]!;
  return Math.sqrt(sum);
}
