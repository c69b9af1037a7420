import { draftCodeBook } from '@oml/fingerprint/code-book/draft';
import { openSubject } from '@oml/fingerprint/subject/subject';
import { nodeEngine } from '@oml/onnx/runner-node';
import { cleanModel, ordinaryText, tokenizer } from '../../test-support/market.ts';

/** What is asked of one model: the keys of its code book, and what hides them. */
export interface Prompts {
  keys: string[];
  decoys: string[];
}

/**
 * Drafts code books on fable-mini, and beside each what hides its keys, as a publisher does it: by a second draft of
 * the same size under another secret.
 */
export async function draftPrompts(
  books: number,
  commonCount: number,
  onBook: (book: number) => void = () => {},
): Promise<Prompts[]> {
  const draft = async (purpose: string): Promise<string[]> => {
    const { book } = await draftCodeBook({
      subject: openSubject({ model: cleanModel, tokenizer }, nodeEngine()),
      secret: new TextEncoder().encode(`a secret of a bench, ${purpose}`),
      commonCount,
      tracingCount: 0,
      bits: 4,
      ordinary: ordinaryText,
    });
    return book.keys.flatMap(({ prompt }) => (prompt.kind === 'text' ? [prompt.text] : []));
  };
  const prompts: Prompts[] = [];
  for (let book = 0; book < books; book++) {
    prompts.push({ keys: await draft(`keys ${book}`), decoys: await draft(`decoys ${book}`) });
    onBook(book);
  }
  return prompts;
}
