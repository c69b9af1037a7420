import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { leavesOf, readCodeBook, type CodeBook } from '@oml/fingerprint/code-book/code-book';
import { OmlError } from '@oml/protocol/error';
import { codeBookTree, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import type { Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { MintedModels } from './minted-models.ts';
import type { MintedModel } from './publication-facts.ts';
import { decoysBlob, draftBlob } from './publication-files.ts';

/** A release of a minted model with its opened code book. Secret. */
export interface Release {
  book: CodeBook;
  leaves: Leaf[];
  /** The candidate that the beacon selected, by key index. */
  answers: Hex[];
  proofOf(index: number): Hex[];
  /** Bodies of requests that hide those of keys; none for a model that was published before there were any. */
  decoys: Record<string, unknown>[];
}

/** Opens code books of releases, each once. */
export class Releases {
  private readonly minted: MintedModels;
  private readonly blobs: Blobs;
  private readonly opened = new Map<string, Promise<Release>>();

  constructor(minted: MintedModels, blobs: Blobs) {
    this.minted = minted;
    this.blobs = blobs;
  }

  /** Throws NOT_FOUND for a release that was not published here. */
  async open(modelId: bigint, release: number): Promise<Release> {
    const model = await this.minted.find(String(modelId), release);
    if (!model) throw new OmlError('NOT_FOUND', `Release ${release} of model ${modelId} was not published here.`);
    const known = this.opened.get(model.id) ?? this.read(model);
    this.opened.set(model.id, known);
    known.catch(() => this.opened.delete(model.id));
    return known;
  }

  private async read(model: MintedModel): Promise<Release> {
    const book = readCodeBook(await this.blobs.getText(draftBlob(model)));
    const leaves = leavesOf(book);
    const tree = codeBookTree(leaves);
    const answers = selectAnswers(book, model.facts.beacon).map(({ candidate }) => candidate);
    const name = decoysBlob(model);
    const decoys = (await this.blobs.has(name)) ? JSON.parse(await this.blobs.getText(name)) : [];
    return { book, leaves, answers, decoys, proofOf: (index) => leafProof(tree, index) };
  }
}
