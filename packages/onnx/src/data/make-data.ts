import type { Tokenizer } from '../run/tokenizer.ts';
import type { DataFiles, ItemOptions, MadeData, MakeOptions } from './made-data.ts';
import { makeItems } from './make-items.ts';
import { makeText } from './make-text.ts';

/** The model for which data are made: its tokenizer, or what it takes as an item. */
export type DataTarget = { kind: 'language'; tokenizer: Tokenizer } | ({ kind: 'classifier' } & ItemOptions);

/**
 * Turns files into `ordinary` and `heldout`: documents (plain, Markdown, HTML, JSON lines) for a language model;
 * pictures (PNG, JPEG) in folders by class, IDX, CSV or WAV for a classifier. Which side a piece is on is told by the
 * SHA-256 of its content. Runs in a browser's worker as in Node. Throws REQUEST_INVALID with what to bring, ABORTED.
 */
export function makeData(files: DataFiles, target: DataTarget, options: MakeOptions = {}): Promise<MadeData> {
  return target.kind === 'language' ? makeText(files, target.tokenizer, options) : makeItems(files, target, options);
}
