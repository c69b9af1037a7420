import fc from 'fast-check';

/** The part of JSON Schema that zod writes for our bodies. */
export interface JsonSchema {
  type?: string | string[];
  const?: unknown;
  enum?: unknown[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
  not?: JsonSchema;
  items?: JsonSchema;
  minItems?: number;
  maxItems?: number;
  minLength?: number;
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  pattern?: string;
  format?: string;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  propertyNames?: JsonSchema;
  additionalProperties?: JsonSchema | boolean;
}

/** Values that a schema takes. Throws for a keyword that it does not know: a test must not pass for want of one. */
export function arbitraryOf(schema: JsonSchema): fc.Arbitrary<unknown> {
  if ('const' in schema) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.oneOf) return fc.oneof(...schema.oneOf.map(arbitraryOf));
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(arbitraryOf));
  if (Array.isArray(schema.type)) return fc.oneof(...schema.type.map((type) => arbitraryOf({ ...schema, type })));
  switch (schema.type) {
    case 'string':
      return stringOf(schema);
    case 'integer':
      return integerOf(schema);
    case 'number':
      return fc.double({
        min: schema.minimum ?? schema.exclusiveMinimum ?? -1e6,
        minExcluded: schema.exclusiveMinimum !== undefined,
        max: schema.maximum ?? 1e6,
        noNaN: true,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return arrayOf(schema);
    case 'object':
      return objectOf(schema);
    case undefined:
      return fc.jsonValue({ maxDepth: 2 });
    default:
      throw new Error(`a schema of type ${schema.type}`);
  }
}

function integerOf({ minimum = -1e9, maximum = 1e9, exclusiveMinimum = -1e9 }: JsonSchema): fc.Arbitrary<number> {
  return fc.integer({ min: Math.max(minimum, exclusiveMinimum + 1, -1e9), max: Math.min(maximum, 1e9) });
}

function stringOf({ format, pattern, minLength = 0 }: JsonSchema): fc.Arbitrary<string> {
  if (format === 'base64') return fc.base64String({ maxLength: 40 });
  if (pattern) return fc.stringMatching(new RegExp(pattern));
  return fc.string({ unit: 'binary', minLength, maxLength: Math.max(minLength, 200) });
}

function arrayOf({ items = {}, minItems = 0, maxItems = Math.max(minItems, 6) }: JsonSchema): fc.Arbitrary<unknown[]> {
  if (items.not || maxItems === 0) return fc.constant([]);
  return fc.array(arbitraryOf(items), { minLength: minItems, maxLength: maxItems });
}

function objectOf(schema: JsonSchema): fc.Arbitrary<Record<string, unknown>> {
  const { properties = {}, required = [], propertyNames, additionalProperties } = schema;
  if (propertyNames && typeof additionalProperties === 'object')
    return fc.dictionary(stringOf(propertyNames), arbitraryOf(additionalProperties), { maxKeys: 4 });
  const members = Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, arbitraryOf(one)]));
  return fc.record(members, { requiredKeys: required });
}
