import { openApiDocument } from '@oml/protocol/wire/openapi';
import { describe, expect, it } from 'vitest';
import { memberRows, schemaWords, type JsonSchema } from './schema-words.ts';

describe('what fits a schema', () => {
  it.each<[JsonSchema, string]>([
    [{ type: 'integer', minimum: 1, maximum: 4096 }, 'integer 1 to 4096'],
    [{ type: 'number', exclusiveMinimum: 0, maximum: 1 }, 'number more than 0 to 1'],
    [{ anyOf: [{ type: 'string', minLength: 1 }, { type: 'null' }] }, 'string that is not empty or null'],
    [{ type: 'array', minItems: 1, maxItems: 4, items: { type: 'string' } }, 'list of 1 to 4: string'],
    [{ enum: ['a', null] }, '"a" or null'],
    [{ type: ['boolean', 'null'] }, 'boolean or null'],
    [{ $ref: '#/components/schemas/Quote' }, 'Quote'],
    [{ type: 'object', properties: { a: {}, b: {} }, required: ['a'] }, '{ a, b? }'],
    [{ type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }, 'integer from 0'],
    [{}, 'anything'],
  ])('%j: %s', (schema, words) => expect(schemaWords(schema)).toBe(words));

  it('is said of every member of every body of the API', () => {
    const { schemas } = openApiDocument()['components'] as { schemas: Record<string, JsonSchema> };
    for (const [name, schema] of Object.entries(schemas)) {
      const rows = memberRows(schema);
      expect([name, rows.length]).not.toEqual([name, 0]);
      for (const row of rows) expect([name, row.words]).not.toEqual([name, '']);
    }
    expect(
      memberRows(schemas['CompletionBody']!)
        .slice(0, 2)
        .map(({ name }) => name),
    ).toEqual(['model', 'prompt']);
  });
});
