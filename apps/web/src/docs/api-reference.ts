import { memberRows, schemaWords, type JsonSchema, type MemberRow } from './schema-words.ts';

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema: JsonSchema;
}
interface Operation {
  summary: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: JsonSchema }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: JsonSchema }> }>;
}
/** As much of OpenAPI 3.1 as the hosts' document uses. */
export interface OpenApi {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, JsonSchema> };
}

/** One path and method, as the page shows it. */
export interface ShownOperation {
  id: string;
  method: string;
  path: string;
  summary: string;
  parameters: (MemberRow & { in: string; description?: string })[];
  /** Name of the body's schema. */
  body?: string;
  answers: { status: string; description: string; types: string[]; schema?: string }[];
}

/** Every path of the document, in its order. */
export const operationsOf = ({ paths }: OpenApi): ShownOperation[] =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => shown(path, method.toUpperCase(), operation)),
  );

function shown(
  path: string,
  method: string,
  { summary, parameters = [], requestBody, responses }: Operation,
): ShownOperation {
  const body = requestBody && nameOf(Object.values(requestBody.content)[0]!.schema);
  return {
    id: `${method}${path.replace(/\W+/g, '-')}`.toLowerCase().replace(/-$/, ''),
    method,
    path,
    summary,
    parameters: parameters.map(({ name, in: place, required = false, description, schema }) => ({
      name,
      in: place,
      isRequired: required,
      words: schemaWords(schema),
      ...(description ? { description } : {}),
    })),
    ...(body ? { body } : {}),
    answers: Object.entries(responses).map(([status, { description, content = {} }]) => {
      const schema = nameOf(Object.values(content)[0]?.schema ?? {});
      return { status, description, types: Object.keys(content), ...(schema ? { schema } : {}) };
    }),
  };
}

const nameOf = ({ $ref }: JsonSchema): string | undefined => $ref?.split('/').at(-1);

/** The bodies that the paths name, each with its members. */
export const bodiesOf = ({ components }: OpenApi): { name: string; rows: MemberRow[] }[] =>
  Object.entries(components.schemas).map(([name, schema]) => ({ name, rows: memberRows(schema) }));
