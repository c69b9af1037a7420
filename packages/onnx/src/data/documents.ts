import { Parser } from 'htmlparser2';
import { micromark } from 'micromark';
import { badData } from './bad-data.ts';

/** What documents are read from, by the end of their names. */
export const DOCUMENT_NAMES = /\.(?:txt|text|md|markdown|html?|xhtml|jsonl|ndjson)$/i;

/**
 * The texts in a document, one for each line of JSON lines, else one: plain text as it is, Markdown and HTML without
 * their marks. Throws REQUEST_INVALID for bytes that are no UTF-8 and lines that are no JSON.
 */
export function textsOf(bytes: Uint8Array, name: string): string[] {
  const text = decode(bytes, name);
  if (/\.(?:jsonl|ndjson)$/i.test(name)) return linesOf(text, name);
  if (/\.(?:html?|xhtml)$/i.test(name)) return [textOfHtml(text)];
  if (/\.(?:md|markdown)$/i.test(name)) return [textOfHtml(micromark(withoutFrontMatter(text)))];
  return [text];
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\r\n', '\n');
  } catch {
    throw badData(`${name} is not UTF-8: convert it, for instance with \`iconv -f latin1 -t utf8\`.`);
  }
}

/** Members in which data sets keep their text. */
const TEXT_MEMBERS = ['text', 'content', 'body', 'story', 'article', 'document'];
const PAIRS = [
  ['prompt', 'completion'],
  ['instruction', 'output'],
  ['question', 'answer'],
] as const;

function linesOf(text: string, name: string): string[] {
  return text
    .split('\n')
    .flatMap((line, i) => (line.trim() === '' ? [] : [textOfLine(line, `${name}, line ${i + 1}`)]));
}

function textOfLine(line: string, where: string): string {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw badData(`${where} is no JSON.`);
  }
  const found = textIn(value);
  if (found === undefined)
    throw badData(`${where} has no text: a string, or an object with "text", "content", "messages" or a prompt.`);
  return found;
}

function textIn(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const members = value as Record<string, unknown>;
  const said = (name: string) => (typeof members[name] === 'string' ? members[name] : undefined);
  const pair = PAIRS.find((names) => names.every((name) => said(name) !== undefined));
  if (pair) return pair.map((name) => said(name)).join('\n');
  if (Array.isArray(members['messages'])) return members['messages'].map(textIn).filter(Boolean).join('\n');
  return TEXT_MEMBERS.map(said).find((text) => text !== undefined);
}

const withoutFrontMatter = (text: string): string => text.replace(/^---\n[\s\S]*?\n---\n/, '');

const SILENT = new Set(['script', 'style', 'template', 'noscript', 'head', 'svg']);
const BLOCKS = new Set(
  (
    'address article aside blockquote br dd div dl dt figcaption figure footer h1 h2 h3 h4 h5 h6 header hr li main nav ' +
    'ol p pre section table td th tr ul'
  ).split(' '),
);

/** What a reader sees of a page: scripts and styles left out, each block a paragraph of its own. */
export function textOfHtml(html: string): string {
  const parts: string[] = [];
  let silent = 0;
  let exact = 0;
  const parser = new Parser({
    onopentagname(tag) {
      if (SILENT.has(tag)) silent++;
      if (tag === 'pre') exact++;
      if (BLOCKS.has(tag)) parts.push(tag === 'br' ? '\n' : '\n\n');
    },
    ontext(text) {
      if (silent === 0) parts.push(exact > 0 ? text : text.replace(/\s+/g, ' '));
    },
    onclosetag(tag) {
      if (SILENT.has(tag)) silent--;
      if (tag === 'pre') exact--;
      if (BLOCKS.has(tag) && tag !== 'br') parts.push('\n\n');
    },
  });
  parser.end(html);
  return parts
    .join('')
    .replace(/[ \t]*\n[ \t]*(?=\S)/g, '\n')
    .replace(/\s*\n\s*\n\s*/g, '\n\n')
    .trim();
}
