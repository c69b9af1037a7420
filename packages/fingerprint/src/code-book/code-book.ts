import { OmlError } from '@oml/protocol/error';
import { codeBookTree, type Leaf } from '@oml/protocol/evidence/code-book';
import type { Hex } from 'viem';
import { poseidonRoot } from './poseidon-root.ts';
import { promptFromJson, promptToJson, type Prompt, type PromptJson } from '../subject/prompt.ts';

/** One fingerprint as its owner knows it. */
export interface CodeBookKey {
  /** Place in the tree. Common keys come first, from 0; tracing keys follow. */
  index: number;
  prompt: Prompt;
  keyHash: Hex;
  /** 2^bits heads, sorted and prefix-free. */
  candidates: Hex[];
  /** Token or class of each candidate. */
  outcomes: number[];
  salt: Hex;
}

/** All fingerprints of a model. Secret: whoever reads it can remove them. */
export interface CodeBook {
  version: 1;
  kind: 'language' | 'classifier';
  bits: number;
  commonCount: number;
  tracingCount: number;
  /** Merkle root over all leaves, to be committed before the beacon. */
  root: Hex;
  /** The same leaves over Poseidon2: committed beside it, unused by the contracts of version 1. */
  poseidonRoot: Hex;
  keys: CodeBookKey[];
  controls: ControlResult[];
}

/** How often a clean control model answers like the code book by chance. */
export interface ControlResult {
  name: string;
  /** Expected share of keys answered with the selected candidate: at most 2^-bits. */
  chance: number;
}

/** The leaves in the form that the chain knows. */
export function leavesOf(book: Pick<CodeBook, 'keys' | 'bits'>): Leaf[] {
  return book.keys.map(({ index, keyHash, candidates, salt }) => ({
    index,
    keyHash,
    candidates,
    bits: book.bits,
    salt,
  }));
}

/** Root over {@link leavesOf}. Throws CODE_BOOK_INVALID. */
export function rootOf(book: Pick<CodeBook, 'keys' | 'bits'>): Hex {
  return codeBookTree(leavesOf(book)).root as Hex;
}

type CodeBookJson = Omit<CodeBook, 'keys' | 'poseidonRoot'> & {
  poseidonRoot?: Hex;
  keys: (Omit<CodeBookKey, 'prompt'> & { prompt: PromptJson })[];
};

/** The code book as JSON text. Keep it encrypted at rest. */
export function writeCodeBook(book: CodeBook): string {
  return JSON.stringify({ ...book, keys: book.keys.map((key) => ({ ...key, prompt: promptToJson(key.prompt) })) });
}

/**
 * Reads {@link writeCodeBook} and checks that its leaves give its root; the second root, which takes longer, is
 * computed only where it is missing. Throws CODE_BOOK_INVALID.
 */
export function readCodeBook(text: string): CodeBook {
  const json = parse(text);
  const keys = json.keys.map((key) => ({ ...key, prompt: promptFromJson(key.prompt) }));
  const book: CodeBook = {
    ...json,
    keys,
    poseidonRoot: json.poseidonRoot ?? poseidonRoot(leavesOf({ keys, bits: json.bits })),
  };
  if (rootOf(book) !== book.root)
    throw new OmlError('CODE_BOOK_INVALID', 'The leaves of the code book do not give its root.');
  return book;
}

function parse(text: string): CodeBookJson {
  try {
    const json = JSON.parse(text) as CodeBookJson;
    if (json.version === 1 && Array.isArray(json.keys) && json.keys.length === json.commonCount + json.tracingCount)
      return json;
  } catch (cause) {
    throw new OmlError('CODE_BOOK_INVALID', 'The code book is no JSON.', { cause });
  }
  throw new OmlError('CODE_BOOK_INVALID', 'This is no code book of version 1.');
}
