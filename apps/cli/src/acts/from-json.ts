import { OmlError } from '@oml/protocol/error';
import { getAddress, isAddress, isHex, type AbiParameter } from 'viem';

type Parameter = AbiParameter & { components?: readonly Parameter[] };

/** The values of parameters out of a JSON object that names them, and nothing else. Throws REQUEST_INVALID. */
export function valuesFrom(inputs: readonly AbiParameter[], json: unknown, file: string): unknown[] {
  const [only] = inputs as readonly Parameter[];
  if (inputs.length === 1 && only!.type === 'tuple') return [valueFrom(only!, json, file)];
  return membersOf(inputs, json, file).map(([input, value, at]) => valueFrom(input, value, at));
}

/** What such a file looks like, as one line of JSON with types for values. */
export function shapeOf(inputs: readonly AbiParameter[]): string {
  const [only] = inputs as readonly Parameter[];
  const shape = inputs.length === 1 && only!.type === 'tuple' ? shapeFor(only!) : shapeOfAll(inputs);
  return JSON.stringify(shape);
}

const nameOf = ({ name }: AbiParameter): string => (name ?? '').replace(/_$/, '');

const shapeOfAll = (inputs: readonly Parameter[]): Record<string, unknown> =>
  Object.fromEntries(inputs.map((input) => [nameOf(input), shapeFor(input)]));

function shapeFor({ type, components = [] }: Parameter): unknown {
  const inner = /^(.*)\[(\d*)\]$/.exec(type)?.[1];
  if (inner !== undefined) return [shapeFor({ type: inner, components } as Parameter)];
  return type === 'tuple' ? shapeOfAll(components) : type;
}

function membersOf(inputs: readonly AbiParameter[], json: unknown, at: string): [Parameter, unknown, string][] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw wrong(at, 'an object');
  const given = json as Record<string, unknown>;
  const names = inputs.map(nameOf);
  const odd = Object.keys(given).find((name) => !names.includes(name));
  if (odd !== undefined) throw new OmlError('REQUEST_INVALID', `${at} has a member "${odd}" that is not known.`);
  return inputs.map((input) => {
    const name = nameOf(input);
    if (!Object.hasOwn(given, name)) throw new OmlError('REQUEST_INVALID', `${at} lacks "${name}" (${input.type}).`);
    return [input as Parameter, given[name], `${at}: ${name}`];
  });
}

function valueFrom({ type, components = [] }: Parameter, json: unknown, at: string): unknown {
  const list = /^(.*)\[(\d*)\]$/.exec(type);
  if (list) {
    const [, inner, size] = list;
    if (!Array.isArray(json) || (size && json.length !== Number(size)))
      throw wrong(at, size ? `a list of ${size}` : 'a list');
    return json.map((each, i) => valueFrom({ type: inner!, components } as Parameter, each, `${at}[${i}]`));
  }
  if (type === 'tuple')
    return Object.fromEntries(
      membersOf(components, json, at).map(([input, value, where]) => [input.name, valueFrom(input, value, where)]),
    );
  return plainFrom(type, json, at);
}

function plainFrom(type: string, json: unknown, at: string): unknown {
  const [, kind, size] = /^([a-z]+)(\d*)$/.exec(type)!;
  if (kind === 'uint' || kind === 'int') {
    const text = typeof json === 'number' && Number.isSafeInteger(json) ? String(json) : json;
    if (typeof text !== 'string' || !/^\d{1,78}$/.test(text) || BigInt(text) >= 1n << BigInt(size || 256))
      throw wrong(at, `a whole number (${type}), as decimal text where it is large`);
    return BigInt(text);
  }
  if (kind === 'bool' && typeof json === 'boolean') return json;
  if (kind === 'string' && typeof json === 'string') return json;
  if (kind === 'address' && typeof json === 'string' && isAddress(json)) return getAddress(json);
  if (kind === 'bytes' && isHex(json) && json.length % 2 === 0 && (!size || json.length === 2 + 2 * Number(size)))
    return json;
  throw wrong(at, type === 'address' ? 'an address' : `${type}${kind === 'bytes' ? ', as hex' : ''}`);
}

const wrong = (at: string, wanted: string): OmlError => new OmlError('REQUEST_INVALID', `${at} is not ${wanted}.`);
