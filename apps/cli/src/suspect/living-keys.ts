import type { CodeBook } from '@oml/fingerprint/code-book/code-book';
import { selectAnswers } from '@oml/fingerprint/code-book/select';
import type { ProbeKey } from '@oml/fingerprint/evidence/verify-target';
import { OmlError } from '@oml/protocol/error';
import { beaconOf, openRelease, spentKeys, type Release } from '../workspace.ts';

/** A release, and its common keys that nobody has been asked yet. */
export interface LivingKeys {
  release: Release;
  book: CodeBook;
  keys: ProbeKey[];
  spent: number;
}

/** Opens what `oml file fingerprint` wrote. Throws NOT_FOUND, CODE_BOOK_TOO_SMALL where every key was asked. */
export async function livingKeys(folder: string): Promise<LivingKeys> {
  const { release, book } = await openRelease(folder);
  const selections = selectAnswers(book, beaconOf(release));
  const spent = await spentKeys(folder);
  const keys = book.keys
    .slice(0, book.commonCount)
    .filter(({ keyHash }) => !spent.has(keyHash))
    .map(({ keyHash: id, prompt, index }): ProbeKey => {
      return { id, prompt, candidate: selections[index]!.candidate, chance: 2 ** -book.bits };
    });
  if (keys.length > 0) return { release, book, keys, spent: spent.size };
  throw new OmlError(
    'CODE_BOOK_TOO_SMALL',
    'Every common key of this release has been asked before. Publish a new release with new keys.',
  );
}
