import { isOmlError } from '@oml/protocol/error';
import { withoutHidden } from './hidden.ts';

/** What a log keeps of an error: enough to find its cause, nothing that was sent and no address in full. */
export interface ErrorFacts {
  type: string;
  code?: string;
  message: string;
  /** Public facts of an OmlError. */
  details?: Record<string, unknown>;
  /** What caused it, outermost first. */
  causes?: string[];
  /** Where it was thrown; not of an OmlError, whose sentence is enough. */
  stack?: string[];
}

const MOST_CHARACTERS = 400;
const MOST_CAUSES = 5;
const MOST_FRAMES = 8;

/** Describes an error for a log. */
export function errorFacts(error: unknown): ErrorFacts {
  if (!(error instanceof Error)) return { type: typeof error, message: tidyText(String(error)) };
  const code = (error as { code?: unknown }).code;
  const causes = causesOf(error);
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: sentenceOf(error),
    ...(isOmlError(error) ? { details: error.details } : { stack: framesOf(error) }),
    ...(causes.length > 0 ? { causes } : {}),
  };
}

/** A text on one line, at most 400 characters, without hidden texts, addresses in full and long hex. */
export function tidyText(text: string): string {
  const tidy = withoutHidden(text)
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/@"'<>]*@)?([^\s/?#"'<>]+)[/?#][^\s"'<>]*/gi, '$1$2/…')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@"'<>]*@/gi, '$1')
    .replace(/0x[0-9a-f]{65,}/gi, (hex) => `${hex.slice(0, 10)}… (${Math.floor((hex.length - 2) / 2)} bytes)`)
    .replace(/\s+/g, ' ')
    .trim();
  return tidy.length > MOST_CHARACTERS ? `${tidy.slice(0, MOST_CHARACTERS)}…` : tidy;
}

/** What an error says, in one line: viem's short form, where it is one of viem's. */
export function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return tidyText(String(error));
  // The parser of JSON repeats what it was given, which may be a prompt.
  if (error instanceof SyntaxError) return tidyText(error.message.replace(/, ".*/s, ''));
  const { shortMessage, details } = error as { shortMessage?: unknown; details?: unknown };
  if (typeof shortMessage !== 'string') return tidyText(error.message);
  const { status } = error as { status?: unknown };
  const short = typeof status === 'number' ? `${shortMessage.replace(/\.$/, '')} (${status}).` : shortMessage;
  const more = typeof details === 'string' && details !== '' && !short.includes(details);
  return tidyText(more ? `${short} ${details}` : short);
}

function causesOf(error: Error): string[] {
  const causes: string[] = [];
  let last = sentenceOf(error);
  for (let cause = error.cause; cause instanceof Error && causes.length < MOST_CAUSES; cause = cause.cause) {
    const sentence = sentenceOf(cause);
    if (sentence !== last) causes.push(`${cause.name}: ${sentence}`);
    last = sentence;
  }
  return causes;
}

const framesOf = ({ stack = '' }: Error): string[] =>
  stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => line.trim());
