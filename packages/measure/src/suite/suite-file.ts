import { OmlError } from '@oml/protocol/error';
import { issuesOf } from '@oml/protocol/wire/read-request';
import { parse } from 'yaml';
import { z } from 'zod';
import { needFile, textOf, type DataFiles } from '../data.ts';

/** Two figures a task have to fit into a measurement, with the aggregate. */
const MOST_TASKS = 30;
const MOST_ITEMS = 20_000;

const text = z.string().max(100_000);
const filled = text.min(1);
const multipleChoice = z.object({ query: text, choices: z.array(filled).min(2).max(50), gold: z.int().min(0) });
const schema = z.object({ context_options: z.array(text).min(2).max(50), continuation: filled, gold: z.int().min(0) });
const languageModelling = z.object({ context: text, continuation: filled });
const generation = z.object({ context: filled, answer: filled, aliases: z.array(text).default([]) });

/** Kinds of in-context tasks, in DCLM's words, and what a line of each file holds. */
const ITEMS = {
  multiple_choice: multipleChoice,
  schema,
  language_modeling: languageModelling,
  generation_task_with_answers: generation,
} as const;
export type TaskKind = keyof typeof ITEMS;
export type ItemOf<Kind extends TaskKind> = z.output<(typeof ITEMS)[Kind]>;

const entry = z.object({
  label: z.string().min(1).max(80),
  dataset_uri: z.string().min(1).max(300),
  num_fewshot: z.array(z.int().min(0).max(64)).min(1).max(4),
  icl_task_type: z.enum(['multiple_choice', 'schema', 'language_modeling', 'generation_task_with_answers']),
  continuation_delimiter: z.string().max(80).default(' '),
  example_delimiter: z.string().max(80).default('\n'),
  prompt_string: text.default(''),
  /** Accuracy of guessing, from 0 to 1; of choices one in so many if it is not said, of everything else 0. */
  random_baseline: z.number().min(0).lt(1).optional(),
  max_tokens: z.int().min(1).max(512).default(32),
  early_stopping_criteria: z.array(filled.max(80)).max(4).default(['\n']),
});
const suite = z.object({ icl_tasks: z.array(entry).min(1).max(MOST_TASKS) });

/** One in-context task with one number of examples. */
export interface Task<Kind extends TaskKind = TaskKind> {
  name: string;
  kind: Kind;
  items: ItemOf<Kind>[];
  shots: number;
  delimiter: string;
  exampleDelimiter: string;
  prompt: string;
  baseline: number;
  maxTokens: number;
  stop: string[];
}

/**
 * A suite as DCLM (arXiv 2406.11794) and llm-foundry write it: `suite.yaml` with `icl_tasks`, and a file of JSON lines
 * for each. Throws REQUEST_INVALID, naming the file and the line.
 */
export function readSuite(files: DataFiles): Task[] {
  const yaml = textOf('suite.yaml', needFile(files, 'suite.yaml', 'a list of icl_tasks, as DCLM writes it'));
  const { icl_tasks: entries } = checked(suite, parsedYaml(yaml), 'suite.yaml');
  const tasks = entries.flatMap((one) => {
    const items = readItems(files, one.dataset_uri, one.icl_task_type);
    return one.num_fewshot.map((shots): Task => ({
      name: `${one.label} (${shots}-shot)`,
      kind: one.icl_task_type,
      items,
      shots,
      delimiter: one.continuation_delimiter,
      exampleDelimiter: one.example_delimiter,
      prompt: one.prompt_string,
      baseline: one.random_baseline ?? guessing(items),
      maxTokens: one.max_tokens,
      stop: one.early_stopping_criteria,
    }));
  });
  if (tasks.length > MOST_TASKS || new Set(tasks.map(({ name }) => name)).size < tasks.length)
    throw new OmlError('REQUEST_INVALID', `suite.yaml has more than ${MOST_TASKS} tasks, or two of one name.`);
  return tasks;
}

function readItems(files: DataFiles, uri: string, kind: TaskKind): ItemOf<TaskKind>[] {
  const lines = textOf(uri, needFile(files, uri, 'JSON lines, an item each')).split('\n');
  const items = lines.flatMap((line, i) => {
    if (line.trim() === '') return [];
    const where = `${uri}, line ${i + 1}`;
    const item = checked(ITEMS[kind] as z.ZodType<ItemOf<TaskKind>>, parsedJson(line, where), where);
    const options = 'choices' in item ? item.choices : 'context_options' in item ? item.context_options : undefined;
    if (options && 'gold' in item && item.gold >= options.length)
      throw new OmlError('REQUEST_INVALID', `${where}: gold is ${item.gold}, of ${options.length} options.`);
    return [item];
  });
  if (items.length > 0 && items.length <= MOST_ITEMS) return items;
  throw new OmlError('REQUEST_INVALID', `${uri} has ${items.length} items; from 1 to ${MOST_ITEMS} are taken.`);
}

/** Accuracy of guessing, by how many options there are. */
function guessing(items: readonly ItemOf<TaskKind>[]): number {
  const shares = items.map((item) =>
    'choices' in item ? 1 / item.choices.length : 'context_options' in item ? 1 / item.context_options.length : 0,
  );
  return shares.reduce((sum, each) => sum + each, 0) / shares.length;
}

function checked<Schema extends z.ZodType>(shape: Schema, value: unknown, where: string): z.output<Schema> {
  const parsed = shape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new OmlError('REQUEST_INVALID', `${where} is refused: ${issuesOf(parsed.error, 'it').slice(0, 4).join('; ')}.`);
}

function parsedYaml(yaml: string): unknown {
  try {
    return parse(yaml, { maxAliasCount: 0 });
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', 'suite.yaml is no YAML.', { cause });
  }
}

function parsedJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${where} is no JSON.`, { cause });
  }
}
