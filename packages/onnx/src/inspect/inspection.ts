import { OmlError } from '@oml/protocol/error';

/** The one matrix that fingerprints edit: `hidden = … + key · W`, and nothing behind `hidden` but a norm and the head. */
export interface EditSite {
  initializer: string;
  /** Is W stored as [hiddenSize, keySize]? */
  transposed: boolean;
  /** Inner tensor that W multiplies, last dim `keySize` (d_ff of a language model, features of a classifier). */
  keyTensor: string;
  keySize: number;
  /** Inner tensor that the edit shifts, last dim `hiddenSize` (d of a language model, logits of a classifier). */
  hiddenTensor: string;
  hiddenSize: number;
}

export interface Norm {
  kind: 'rms' | 'layer' | 'none';
  /** Initializers of length `hiddenSize`. */
  gain?: string;
  bias?: string;
}

export interface Inspection {
  kind: 'language' | 'classifier';
  input: { name: string; /** null = free */ dims: (number | null)[] };
  output: string;
  /** Tensor of the scores before any softmax. */
  logitsTensor: string;
  /** Vocabulary size or number of classes. */
  outcomes: number;
  site: EditSite;
  norm: Norm;
  /** Weights from `hidden` to the scores; absent where `hidden` is the scores. */
  head?: { initializer: string; /** stored as [outcomes, hiddenSize] */ transposed: boolean; bias?: string; tied: boolean };
  /** Initializers of every MLP down-projection found, last layer first. */
  sites: string[];
  opset: number;
  parameters: number;
  /** Longest sequence in tokens, where the graph or its metadata shows one. */
  contextLength?: number;
}

/** What one kind of model finds out about itself; the rest is common. */
export type FoundSite = Omit<Inspection, 'input' | 'output' | 'opset' | 'parameters'>;

/** The refusal of `inspectModel`. */
export function unsupported(reason: string): OmlError {
  return new OmlError('MODEL_UNSUPPORTED', `This model cannot be fingerprinted: ${reason}.`, { details: { reason } });
}
