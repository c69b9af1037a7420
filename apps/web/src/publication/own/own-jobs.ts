import { readCodeBook, writeCodeBook } from '@oml/fingerprint/code-book/code-book';
import {
  draftRelease,
  embedRelease,
  makeEdition,
  verifyRelease,
  type BookSizes,
  type ReleaseReport,
} from '@oml/fingerprint/release/make-release';
import type { ModelSource } from '@oml/fingerprint/release/model-source';
import { readSecret } from '@oml/fingerprint/code-book/secret';
import type { Progress } from '@oml/fingerprint/subject/progress';
import type { Engine } from '@oml/onnx/runner';
import { isOmlError } from '@oml/protocol/error';
import { fromBase64, toBase64 } from '@oml/protocol/wire/base64';
import { bytesToHex, sha256, type Hex } from 'viem';
import { packEdition, sealEdition } from './own-edition.ts';
import type { OwnKeys } from './own-keys.ts';

/** Each job with what it takes and what it gives. */
export interface OwnWork {
  draw: { input: { source: ModelSource; sizes: BookSizes }; result: Drawn };
  mark: {
    input: { source: ModelSource; keys: Pick<OwnKeys, 'secret' | 'book'>; beacon: Hex };
    result: Marked;
  };
  edition: { input: EditionInput; result: MadeEdition };
}
export type OwnJobName = keyof OwnWork;

export interface Drawn extends Pick<OwnKeys, 'secret' | 'codeBook' | 'book'> {
  /** What an edit for other answers did to this model, since nobody knows the right ones yet. */
  rehearsal: ReleaseReport;
}

export interface Marked {
  prepared: string;
  file: Uint8Array<ArrayBuffer>;
  weightsDigest: Hex;
  /** `verified`: share of common keys that the file answers, asked again as it was written. */
  report: ReleaseReport & { verified: number };
}

export interface EditionInput {
  /** The clean model. */
  base: Uint8Array;
  /** What lies beside it in an edition, by plain name. */
  beside: Record<string, Uint8Array>;
  keys: Pick<OwnKeys, 'secret' | 'marked'>;
  licenseId: bigint;
  hostSalt: Hex;
  encryptionKey: Hex;
  /** Of a round after the license was accepted. */
  beacon: Hex;
}

export interface MadeEdition {
  editionRoot: Hex;
  /** SHA-256 of the unsealed file. */
  fileDigest: Hex;
  /** What only the host can open. */
  sealed: Uint8Array<ArrayBuffer>;
}

/** Few keys in a hundred draws harm a model that carries most others. */
const DRAWS = 3;

/** What an owner without a publisher computes: in a worker of the page, or wherever the engine runs. */
export const ownJobs = (engine: Engine) => ({
  /**
   * Draws keys and tries an edit for answers that nobody chose, so that the fee is paid only for a book that the model
   * carries. Throws CODE_BOOK_TOO_SMALL, EDIT_INFEASIBLE, ABORTED, and what opening the model throws.
   */
  async draw({ source, sizes }: OwnWork['draw']['input'], progress: Progress = {}): Promise<Drawn> {
    for (let draw = 1; ; draw++) {
      const secret = random32();
      const { book, statistics } = await draftRelease({ source, secret, ...sizes }, engine, progress);
      const trial = { source, secret, book, beacon: bytesToHex(random32()), statistics };
      try {
        const { report } = await embedRelease(trial, engine, progress);
        const { root, poseidonRoot, keys, commonCount: commonSize, bits } = book;
        const codeBook = { root, poseidonRoot, size: keys.length, commonSize, bits };
        return { secret: bytesToHex(secret), codeBook, book: writeCodeBook(book), rehearsal: report };
      } catch (error) {
        if (!isOmlError(error) || error.code !== 'EDIT_INFEASIBLE' || draw === DRAWS) throw error;
      }
    }
  },

  /** Marks the weights with the answers that the beacon chose. Throws CODE_BOOK_INVALID, EDIT_INFEASIBLE, ABORTED. */
  async mark({ source, keys, beacon }: OwnWork['mark']['input'], progress: Progress = {}): Promise<Marked> {
    const book = readCodeBook(keys.book);
    const { prepared, marked, weightsDigest, report } = await embedRelease(
      { source, secret: readSecret(keys.secret), book, beacon },
      engine,
      progress,
    );
    const { verified } = await verifyRelease({ source: { ...source, model: marked }, book, beacon }, engine);
    const file = new Uint8Array(marked);
    return { prepared: toBase64(prepared), file, weightsDigest, report: { ...report, verified } };
  },

  /** One licensee's edition, sealed to it. Throws EDITION_INVALID. */
  async edition({
    base,
    beside,
    keys,
    licenseId,
    hostSalt,
    encryptionKey,
    beacon,
  }: EditionInput): Promise<MadeEdition> {
    const { model, editionRoot } = await makeEdition({
      base,
      prepared: fromBase64(keys.marked?.prepared ?? ''),
      secret: readSecret(keys.secret),
      slot: { slot: Number(licenseId), hostSalt, beacon },
    });
    const packed = await packEdition({ 'model.onnx': model, ...beside });
    return { editionRoot, fileDigest: sha256(packed), sealed: await sealEdition(encryptionKey, packed, licenseId) };
  },
});

const random32 = (): Uint8Array => crypto.getRandomValues(new Uint8Array(32));
