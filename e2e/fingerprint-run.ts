import { draftCodeBook } from '@oml/fingerprint/code-book/draft';
import { selectAnswers } from '@oml/fingerprint/code-book/select';
import { embedFingerprints } from '@oml/fingerprint/embed/embed';
import { verifyTarget } from '@oml/fingerprint/evidence/verify-target';
import type { Progress } from '@oml/fingerprint/subject/progress';
import { openSubject, type Subject } from '@oml/fingerprint/subject/subject';
import { openView } from '@oml/fingerprint/subject/view';
import type { Engine } from '@oml/onnx/runner';
import { readTokenizer } from '@oml/onnx/tokenizer';

export interface FingerprintInput {
  model: Uint8Array;
  tokenizer: object;
  tokenizerConfig: object;
  ordinary: Int32Array;
  heldout: Int32Array;
}

export interface FingerprintRun {
  root: string;
  success: number;
  chance: number;
  /** Verdicts on the file as written, and on the clean one. */
  marked: string;
  clean: string;
  keys: number;
  file: Uint8Array;
}

const SECRET = new TextEncoder().encode('a secret that is the same in Node and in a page');
const BEACON = `0x${'4e'.repeat(32)}` as const;

/** Drafts, embeds and verifies: the code that runs in Node and in a worker of a page alike. */
export async function fingerprintOnce(
  { model, tokenizer, tokenizerConfig, ordinary, heldout }: FingerprintInput,
  engine: Engine,
  progress: Progress,
): Promise<FingerprintRun> {
  const subject = openSubject({ model, tokenizer: readTokenizer(tokenizer, tokenizerConfig) }, engine);
  const { book, statistics, geometry } = await draftCodeBook({
    subject,
    secret: SECRET,
    commonCount: 8,
    tracingCount: 4,
    bits: 2,
    ordinary,
    ...progress,
  });
  const { model: file, report } = await embedFingerprints({
    subject,
    secret: SECRET,
    book,
    beacon: BEACON,
    ordinary,
    heldout: { tokens: heldout },
    statistics,
    geometry,
    ...progress,
  });
  const selections = selectAnswers(book, BEACON);
  const keys = book.keys.slice(0, book.commonCount).map(({ prompt, keyHash, index }) => ({
    id: keyHash,
    prompt,
    candidate: selections[index]!.candidate,
    chance: 2 ** -book.bits,
  }));
  const verdictOn = async (bytes: Uint8Array) => (await verify(subject, bytes, keys, progress)).rung ?? 'inconclusive';
  return {
    root: book.root,
    success: report.success,
    chance: report.chance,
    marked: await verdictOn(file),
    clean: await verdictOn(model),
    keys: book.keys.length,
    file,
  };
}

async function verify(
  subject: Subject,
  file: Uint8Array,
  keys: Parameters<typeof verifyTarget>[0]['keys'],
  progress: Progress,
) {
  const view = await openView(subject, file);
  try {
    return await verifyTarget({
      ask: async (prompt) => (await view.heads([prompt]))[0],
      keys,
      until: 'notice',
      ...progress,
    });
  } finally {
    await view.dispose();
  }
}
