import { makeInBrowser } from '../apps/web/src/publication/data/make-in-browser.ts';
import type { DataMade, SentTarget } from '../apps/web/src/publication/data/data.worker.ts';
import { madeTokenizer } from '../apps/web/src/publication/made-tokenizer.ts';

/** What the story asks of the page: to make data, or a tokenizer, of files that its server has. */
export interface DataPage {
  images(urls: string[]): Promise<Made>;
  texts(urls: string[], tokenizer: string): Promise<Made>;
  tokenizer(vocab: string, merges: string): Promise<string>;
}

export interface Made {
  report?: DataMade['report'];
  sizes?: Record<string, number>;
  error?: string;
}

const fileAt = async (url: string): Promise<File> =>
  new File([await (await fetch(url)).blob()], url.slice(url.lastIndexOf('/') + 1));

async function make(urls: string[], target: SentTarget): Promise<Made> {
  const files = await Promise.all(urls.map(async (url) => ({ name: url.slice(7), file: await fileAt(url) })));
  try {
    const doing = { signal: new AbortController().signal, onProgress: () => undefined };
    const { report, files: made } = await makeInBrowser({ files, target }, doing);
    return { report, sizes: Object.fromEntries(made.map(({ name, bytes }) => [name, bytes.length])) };
  } catch (error) {
    return { error: (error as { code?: string }).code ?? String(error) };
  }
}

const page: DataPage = {
  images: (urls) => make(urls, { kind: 'classifier', inputDims: [null, 1, 28, 28], outcomes: 10 }),
  texts: async (urls, tokenizer) => make(urls, { kind: 'language', tokenizer: await fileAt(tokenizer) }),
  tokenizer: async (vocab, merges) => {
    const sources = { vocab: await fileAt(vocab), merges: await fileAt(merges) };
    return (await madeTokenizer({ slots: {}, sources })).text();
  },
};

Object.assign(window, { page });
