/**
 * How an answer is compared with a response. `tokens`: the first n tokens of the answer, by the ids of the model's own
 * tokenizer.
 */
export type MatchRule =
  | { kind: 'exact' | 'prefix' | 'suffix' | 'contains'; ignoreCase?: boolean; trim?: boolean }
  | { kind: 'tokens'; count: number };

/** Where the prompt goes: as it stands, through the model's chat template, or both are to be tried. */
export type Wrapping = 'raw' | 'chat' | 'both';

export type Scheme = 'oml-1.0' | 'scalable' | 'mlprints' | 'chain-hash' | 'instructional' | 'fpedit' | 'custom-keys';

/** One foreign fingerprint in the form that everything else here reads, whatever file it came from. */
export interface ImportedFingerprint {
  scheme: Scheme;
  id: string;
  /** What is asked. Where a scheme cuts or wraps its keys, this is the text after that. */
  key: string;
  /** The key as the file has it, where it differs from `key`. */
  originalKey?: string;
  /**
   * Any of these counts. White space is kept: in several schemes a leading space is part of the answer. Empty for keys
   * alone.
   */
  responses: readonly string[];
  responseTokenIds?: readonly number[];
  match: MatchRule;
  wrapping: Wrapping;
  /**
   * The generating model's own probability of the response before training: a guess at the chance rate, never a bound.
   */
  statedProbability?: number;
  /** Prompts that must not show the response. */
  negatives?: readonly string[];
}

/** Something about the files that a reader must know before trusting the figures; codes are stable. */
export interface ImportWarning {
  code:
    | 'KEYS_ONLY'
    | 'CONFIG_MISSING'
    | 'RESPONSE_CUT'
    | 'KEY_CUT_BY_TOKENIZER'
    | 'FIELD_RENAMED'
    | 'DUPLICATE_KEY'
    | 'KNOWN_PUBLIC'
    | 'SHARED_RESPONSE'
    | 'HIGH_CHANCE'
    | 'DRAW_NOT_UNIFORM'
    | 'CHAIN_MISMATCH'
    | 'NEGATIVES_BROKEN'
    | 'ROWS_SKIPPED';
  message: string;
  ids?: readonly string[];
}

export interface Imported {
  format: string;
  fingerprints: readonly ImportedFingerprint[];
  /** Wrappers with `{}` in place of the key, to be tried around every key. */
  templates: readonly string[];
  warnings: readonly ImportWarning[];
}

/** A format's reader: what it found, before duplicates and public keys are looked for. */
export type Found = Omit<Imported, 'templates'> & { templates?: readonly string[] };
