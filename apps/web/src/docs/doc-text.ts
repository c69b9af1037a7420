import GithubSlugger from 'github-slugger';
import { posix } from 'node:path';
import type { DocHeading } from './shown-doc.ts';

/** The first heading of a page. */
export const titleOf = (markdown: string): string => /^# (.+)$/m.exec(markdown)?.[1]?.replaceAll('`', '') ?? '';

/** The headings under it, each with the id that GitHub gives it; lines of code are none. */
export function headingsOf(markdown: string): DocHeading[] {
  const slugger = new GithubSlugger();
  let isCode = false;
  return markdown.split('\n').flatMap((line) => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    const [, marks, words] = (!isCode && /^(#{1,6}) (.+)$/.exec(line)) || [];
    // The title stands above the text, so that no id is counted twice.
    if (!marks || !words || marks.length === 1) return [];
    const text = plainWords(words);
    const id = slugger.slug(text);
    return marks.length === 2 || marks.length === 3 ? [{ id, text, depth: marks.length as 2 | 3 }] : [];
  });
}

/** Words without the marks of links, code and stress. */
const plainWords = (text: string): string =>
  text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/[`*]/g, '')
    .trim();

/**
 * Where a link of a page leads on this site; undefined where it names a file of the repository that is not shown here.
 * `page` is the page's path within docs/.
 */
export function docHref(href: string, page: string): string | undefined {
  if (/^(?:https?:|mailto:|#)/.test(href)) return href;
  const [file = '', part] = href.split('#');
  const path = posix.join(posix.dirname(page), file);
  const [, folder] = /^(guides|specs|benchmarks|decisions)\/[^/]+\.md$/.exec(path) ?? [];
  return folder ? `/docs/${path.slice(0, -'.md'.length)}${part ? `#${part}` : ''}` : undefined;
}

/** Where a picture of a page is; undefined for one of somebody else. */
export const pictureHref = (source: string, page: string): string | undefined =>
  /^[a-z]+:|^\//.test(source) ? undefined : `/docs/pictures/${posix.join(posix.dirname(page), source)}`;
