import { parse, stringify } from 'yaml';
import type { ModelKind } from './model-kind.ts';

/** What a card says of its model in the YAML before its text, in the words of Hugging Face's cards. */
export interface CardFacts {
  task?: string;
  license?: string;
  library?: string;
  /** Tokens that it reads at most. */
  context?: number;
  languages: string[];
  tags: string[];
  baseModels: string[];
  datasets: string[];
}

const FRONT = /^---\r?\n([\s\S]*?)\r?\n---(?:\r?\n|$)/;
const MOST_CHARS = 16_000;
const MOST_WORDS = 24;
const LONGEST_WORD = 80;

/**
 * A card taken apart: the facts in front, and the Markdown behind. The card is a stranger's: what is no list of short
 * words is left out, and YAML that does not read says nothing.
 */
export function splitCard(card: string): { facts: CardFacts; text: string } {
  const front = FRONT.exec(card);
  return { facts: factsOf(front?.[1] ?? ''), text: front ? card.slice(front[0].length) : card };
}

function factsOf(yaml: string): CardFacts {
  const said = read(yaml);
  const one = (key: string): string | undefined => words(said[key])[0];
  const [task, license, library] = [one('pipeline_tag'), one('license_name') ?? one('license'), one('library_name')];
  const context = said['context_length'];
  return {
    ...(typeof context === 'number' && Number.isSafeInteger(context) && context > 0 ? { context } : {}),
    ...(task ? { task } : {}),
    ...(license ? { license } : {}),
    ...(library ? { library } : {}),
    languages: words(said['language']),
    tags: words(said['tags']),
    baseModels: words(said['base_model']),
    datasets: words(said['datasets']),
  };
}

function read(yaml: string): Record<string, unknown> {
  if (yaml.length > MOST_CHARS) return {};
  try {
    // Aliases could make a small text a huge one.
    const said: unknown = parse(yaml, { maxAliasCount: 0, logLevel: 'silent' });
    return typeof said === 'object' && said !== null ? (said as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** One word or several, as the YAML has it. */
function words(value: unknown): string[] {
  const list = (Array.isArray(value) ? value : [value])
    .filter((word): word is string => typeof word === 'string')
    .map((word) => word.trim())
    .filter((word) => word !== '' && word.length <= LONGEST_WORD);
  return [...new Set(list)].slice(0, MOST_WORDS);
}

const TASKS: Record<ModelKind, string> = { language: 'text-generation', classifier: 'image-classification' };

/** What the chain says of a model, for whoever finds its card elsewhere. */
export interface CardOrigin {
  chainId: number;
  registry: string;
  modelId: string;
  release: number;
  weightsDigest: string;
  /** The page that shows it. */
  page: string;
}

/**
 * The card as Hugging Face's hub takes it: what stood in front stays, what it lacks is filled in from the kind, and
 * where the model can be looked up is added.
 */
export function exportedCard(
  card: string,
  { kind, name, origin }: { kind?: ModelKind; name: string; origin: CardOrigin },
): string {
  const front = FRONT.exec(card);
  const text = front ? card.slice(front[0].length) : card;
  const said = read(front?.[1] ?? '');
  const tags = [...new Set([...words(said['tags']), 'onnx', 'oml'])];
  const yaml = stringify({
    ...(kind ? { pipeline_tag: TASKS[kind] } : {}),
    library_name: 'onnx',
    ...said,
    tags,
    oml: origin,
  });
  return `---\n${yaml}---\n\n${text.trim() === '' ? `# ${name}\n` : text.trimStart()}`;
}

/** The first heading of a card: what its model is called. */
export const cardTitle = (card: string): string | undefined =>
  /^#\s+(.{1,80})$/m.exec(splitCard(card).text)?.[1]?.trim() || undefined;
