import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { leavesOf, readCodeBook, type CodeBook } from '@oml/fingerprint/code-book/code-book';
import { OmlError } from '@oml/protocol/error';
import { codeBookTree, leafProof, type Leaf } from '@oml/protocol/evidence/code-book';
import type { Hex } from 'viem';
import type { Blobs } from '../files/blobs.ts';
import type { PublicationRecord, PublicationRecords } from './publication-record.ts';

/** Names of what a publication keeps; the attempt is in them, so that a new draft never meets parts of an old one. */
export const draftBlob = ({ id, attempt }: Pick<PublicationRecord, 'id' | 'attempt'>): string =>
  `publications/${id}/${attempt}/code-book`;
export const statisticsBlob = ({ id, attempt }: Pick<PublicationRecord, 'id' | 'attempt'>): string =>
  `publications/${id}/${attempt}/statistics`;
export const preparedBlob = ({ id, attempt }: Pick<PublicationRecord, 'id' | 'attempt'>): string =>
  `publications/${id}/${attempt}/prepared`;
export const markedBlob = ({ id, attempt }: Pick<PublicationRecord, 'id' | 'attempt'>): string =>
  `publications/${id}/${attempt}/marked`;

/** Purpose under which a publication's fingerprint secret is derived from OWNER_SECRET. */
export const secretPurpose = ({ id, attempt }: Pick<PublicationRecord, 'id' | 'attempt'>): string =>
  `publication/${id}/${attempt}`;

/** This publisher makes one release per model: what it was minted with. */
export const RELEASE = 1;

/** A minted model with its opened code book. Secret. */
export interface Release {
  publication: PublicationRecord;
  book: CodeBook;
  leaves: Leaf[];
  /** The candidate that the beacon selected, by key index. */
  answers: Hex[];
  proofOf(index: number): Hex[];
}

/** Opens code books of minted models, each once. */
export class Releases {
  private readonly records: PublicationRecords;
  private readonly blobs: Blobs;
  private readonly opened = new Map<string, Promise<Release>>();

  constructor(records: PublicationRecords, blobs: Blobs) {
    this.records = records;
    this.blobs = blobs;
  }

  /** Throws NOT_FOUND for a release that was not published here. */
  async open(modelId: bigint, release: number): Promise<Release> {
    const publication = release === RELEASE ? this.records.findByModel(String(modelId)) : undefined;
    if (!publication) throw new OmlError('NOT_FOUND', `Release ${release} of model ${modelId} was not published here.`);
    const known = this.opened.get(publication.id) ?? this.read(publication);
    this.opened.set(publication.id, known);
    known.catch(() => this.opened.delete(publication.id));
    return known;
  }

  private async read(publication: PublicationRecord): Promise<Release> {
    const book = readCodeBook(new TextDecoder().decode(await this.blobs.get(draftBlob(publication))));
    const leaves = leavesOf(book);
    const tree = codeBookTree(leaves);
    const answers = selectAnswers(book, publication.facts.beacon!).map(({ candidate }) => candidate);
    return { publication, book, leaves, answers, proofOf: (index) => leafProof(tree, index) };
  }
}
