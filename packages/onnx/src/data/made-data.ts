import { OmlError } from '@oml/protocol/error';
import type { Preprocessing } from './preprocessing.ts';

/** A file as it is read: its path below the folder that was handed in, with `/`. */
export interface NamedFile {
  name: string;
  bytes: Uint8Array;
}

/** Files one after another, so that a folder of pictures need not lie in memory. */
export type DataFiles = Iterable<NamedFile> | AsyncIterable<NamedFile>;

export interface MakeOptions {
  /** Part that is kept for measuring: 0.2. */
  heldoutShare?: number | undefined;
  onProgress?: ((progress: DataProgress) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface DataProgress {
  /** The file that was read last. */
  file: string;
  /** Files and pieces (passages, items) so far. */
  files: number;
  pieces: number;
}

/** What was made, and of what; plain numbers, so that it can be shown and written. */
export interface DataReport {
  kind: 'text' | 'image' | 'features' | 'sound';
  /** Pieces on each side: tokens of a text, items else. */
  ordinary: number;
  heldout: number;
  /** Pieces that came before and were left out. */
  duplicates: number;
  /** Files that nothing was taken from, and why. */
  skipped: { name: string; reason: string }[];
  /** Items by class, of both sides; absent for text, and where nothing says classes. */
  classes?: Record<string, number>;
}

/** Ordinary inputs and others like them that are kept for measuring, as an engine takes them. */
export interface MadeData {
  ordinary: Int32Array | Float32Array;
  heldout: { tokens: Int32Array } | { values: Float32Array; labels: Uint8Array };
  /**
   * The same as files to lay beside the model: `ordinary.i32` and `heldout.i32`; or `ordinary.u8`, `heldout.u8`,
   * `heldout.labels.u8` (pictures) or `.f32` (numbers, sounds) with `preprocessing.json`.
   */
  files: Map<string, Uint8Array>;
  report: DataReport;
}

/** What a classifier takes as an item. */
export interface ItemOptions {
  /** Dims of one batch as the model takes it, the batch first; null: any. `inspection.input.dims`. */
  inputDims: readonly (number | null)[];
  /** How many classes the model tells apart. */
  outcomes: number;
  /** What lies beside the model; without it bytes are taken as shares of 255, numbers as they are. */
  preprocessing?: Preprocessing | undefined;
  /** Names of the classes in their order, where the model has some: `id2label` of its config.json. */
  classNames?: readonly string[] | undefined;
  /** Column of the label in tables; otherwise one that is called so. */
  labelColumn?: string | undefined;
}

/** Throws ABORTED where the caller has given up. */
export function checkAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new OmlError('ABORTED', 'The work was cancelled.');
}
