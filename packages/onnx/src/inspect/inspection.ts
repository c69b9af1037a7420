import { OmlError } from '@oml/protocol/error';

/** What an input is for, told by its name and type. */
export type InputRole = 'tokens' | 'values' | 'mask' | 'positions' | 'types' | 'past' | 'flag' | 'idle';

export interface ModelInput {
  name: string;
  role: InputRole;
  dtype: 'float32' | 'float16' | 'int64' | 'int32' | 'bool';
  /** null = free. */
  dims: (number | null)[];
}

/**
 * The one matrix that fingerprints edit: `hidden = … + key · W`, and nothing behind `hidden` but a norm and the head.
 */
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
  /** What the model is asked with: tokens or values. `feedTokens` and `feedValues` make all the others. */
  input: {
    name: string;
    /** null = free */
    dims: (number | null)[];
    /** The graph takes one item, without the batch of one that `dims` begin with. */
    isBare?: true;
  };
  inputs: ModelInput[];
  /** An encoder classifier reads tokens too. */
  reads: 'tokens' | 'values';
  output: string;
  /** Tensor of the scores before any softmax. */
  logitsTensor: string;
  /** Vocabulary size or number of classes. */
  outcomes: number;
  site: EditSite;
  norm: Norm;
  /** Weights from `hidden` to the scores; absent where `hidden` is the scores. */
  head?: {
    initializer: string;
    /** stored as [outcomes, hiddenSize] */ transposed: boolean;
    bias?: string;
    tied: boolean;
  };
  /** Initializers of every MLP down-projection found, last layer first. */
  sites: string[];
  /** How the weights of the site are stored. */
  dtype: 'float32' | 'float16' | 'bfloat16' | 'packed';
  /** Why the site can be seen but not edited. */
  readOnly?: string;
  opset: number;
  parameters: number;
  /** Longest sequence in tokens, where the graph or its metadata shows one. */
  contextLength?: number;
}

/** What one kind of model finds out about itself; the rest is common. */
export type FoundSite = Pick<Inspection, 'output'> &
  Omit<Inspection, 'input' | 'inputs' | 'reads' | 'output' | 'opset' | 'parameters' | 'dtype' | 'readOnly'>;

/** The refusal of `inspectModel`. */
export function unsupported(reason: string): OmlError {
  return new OmlError('MODEL_UNSUPPORTED', `This model cannot be fingerprinted: ${reason}.`, { details: { reason } });
}

/** The refusal to run a graph with caches. */
export function uncached(reason: string): OmlError {
  return new OmlError('MODEL_UNSUPPORTED', `This model runs without caches: ${reason}.`, { details: { reason } });
}
