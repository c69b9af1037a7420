/** As much of JSON Schema as the bodies of the API use. */
export interface JsonSchema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  additionalProperties?: boolean | JsonSchema;
  description?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
}

/** What fits a schema, in one line: `integer 1 to 4096`, `string or list of 1 to 4 strings`. */
export function schemaWords(schema: JsonSchema): string {
  const { $ref, anyOf, oneOf, type } = schema;
  if ($ref) return $ref.split('/').at(-1)!;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  const ways = anyOf ?? oneOf;
  if (ways) return [...new Set(ways.map(schemaWords))].join(' or ');
  if (Array.isArray(type)) return type.map((one) => schemaWords({ ...schema, type: one })).join(' or ');
  return kindWords(schema);
}

function kindWords(schema: JsonSchema): string {
  const { type, items, pattern } = schema;
  if (type === 'array') {
    const length = range(schema.minItems, schema.maxItems);
    return ['list', length && `of ${length}:`, items ? schemaWords(items) : 'anything'].filter(Boolean).join(' ');
  }
  if (type === 'object') return objectWords(schema);
  const least =
    schema.minimum ?? (schema.exclusiveMinimum === undefined ? undefined : `more than ${schema.exclusiveMinimum}`);
  const limits = type === 'string' ? lengthWords(schema) : range(least, schema.maximum);
  return [type ?? 'anything', limits, pattern && `like ${pattern}`].filter(Boolean).join(' ');
}

function objectWords({ properties, required = [], additionalProperties }: JsonSchema): string {
  const members = Object.keys(properties ?? {}).map((name) => (required.includes(name) ? name : `${name}?`));
  if (members.length > 0) return `{ ${members.join(', ')} }`;
  return typeof additionalProperties === 'object' ? `object of ${schemaWords(additionalProperties)}` : 'object';
}

function lengthWords({ minLength = 0, maxLength }: JsonSchema): string {
  if (maxLength !== undefined) return `of ${range(minLength, maxLength)} characters`;
  return minLength === 1 ? 'that is not empty' : '';
}

/** Numbers so large that they only say "what JavaScript counts exactly" are no limit worth a word. */
const isLimit = (value: number | string | undefined): value is number | string =>
  typeof value === 'string' || (value !== undefined && Math.abs(value) < Number.MAX_SAFE_INTEGER);

function range(least: number | string | undefined, most: number | undefined): string {
  if (isLimit(least) && isLimit(most)) return least === most ? String(most) : `${least} to ${most}`;
  if (isLimit(most)) return `up to ${most}`;
  return isLimit(least) ? `from ${least}` : '';
}

/** One line of the table of a body's members. */
export interface MemberRow {
  name: string;
  isRequired: boolean;
  words: string;
}

/** The members of an object, those that have to be there first; what fits several shapes has those of all. */
export function memberRows(schema: JsonSchema): MemberRow[] {
  const shapes = [schema, ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(({ properties }) => properties);
  const rows = new Map<string, MemberRow>();
  for (const { properties, required = [] } of shapes)
    for (const [name, of] of Object.entries(properties!))
      rows.set(name, { name, isRequired: required.includes(name), words: withoutNull(schemaWords(of)) });
  return [...rows.values()].toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired));
}

/** That a member may be null like one that is left out goes for nearly all of them: said once, above the table. */
const withoutNull = (words: string): string => words.replace(/^null or | or null$/g, '');
