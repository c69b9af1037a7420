import { fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import { ModelProtoSchema, type FunctionProto, type GraphProto, type TensorProto } from 'onnx-buf';

/** The place of each name that a graph or function makes; bodies beside each other may make the same names. */
type Scope = ReadonlyMap<string, string>;

/**
 * A file without what the weights digest leaves free, by other means than the digest: every inner name is replaced by
 * the place where it is made, comments and what no decoder knows are gone.
 */
export function plainForm(file: Uint8Array): Buffer {
  const proto = fromBinary(ModelProtoSchema, file);
  const shown = new Set([...proto.graph!.input, ...proto.graph!.output].map(({ name }) => name));
  let places = 0;
  const scopeOf = (names: string[]): Scope => new Map(names.map((name) => [name, `place ${places++}`]));
  const placeOf = (name: string, scopes: readonly Scope[]): string =>
    name === '' || shown.has(name) ? name : (scopes.findLast((scope) => scope.has(name))?.get(name) ?? '');
  Object.assign(proto, { producerName: '', producerVersion: '', modelVersion: 0n, domain: '' });

  const plain = (message: Message, scopes: readonly Scope[]): void => {
    delete message.$unknown;
    const fields = message as unknown as Record<string, unknown>;
    for (const name of ['docString', 'denotation']) if (name in message) fields[name] = '';
    if ('metadataProps' in message) fields['metadataProps'] = [];
    const { $typeName } = message;
    if ($typeName === 'onnx.TensorShapeProto.Dimension') {
      const { value } = fields as { value: { case?: string } };
      if (value.case !== 'dimValue') fields['value'] = { case: undefined };
    }
    if (['onnx.TensorProto', 'onnx.ValueInfoProto'].includes($typeName))
      fields['name'] = placeOf(fields['name'] as string, scopes);
    if ($typeName === 'onnx.AttributeProto')
      for (const tensor of [fields['t'], ...(fields['tensors'] as unknown[])])
        if (tensor) (tensor as TensorProto).name = '';
    if ($typeName === 'onnx.GraphProto') Object.assign(message as GraphProto, { name: '', quantizationAnnotation: [] });
    if ($typeName === 'onnx.NodeProto') Object.assign(fields, { name: '', deviceConfigurations: [] });
    if (['onnx.NodeProto', 'onnx.FunctionProto'].includes($typeName))
      for (const list of ['input', 'output'])
        fields[list] = (fields[list] as string[]).map((name) => placeOf(name, scopes));
  };
  const visit = (value: unknown, scopes: readonly Scope[]): void => {
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
    const made = '$typeName' in value ? namesMadeBy(value as Message) : undefined;
    const inner = made ? [...scopes, scopeOf(made)] : scopes;
    if ('$typeName' in value) plain(value as Message, inner);
    for (const one of Object.values(value)) visit(one, inner);
  };
  visit(proto, []);
  return Buffer.from(toBinary(ModelProtoSchema, proto));
}

function namesMadeBy(message: Message): string[] | undefined {
  const { $typeName } = message;
  if ($typeName === 'onnx.FunctionProto') {
    const { input, node } = message as FunctionProto;
    return [...input, ...node.flatMap(({ output }) => output)];
  }
  if ($typeName !== 'onnx.GraphProto') return undefined;
  const { input, initializer, sparseInitializer, node } = message as GraphProto;
  const sparse = sparseInitializer.map(({ values }) => values?.name ?? '');
  return [...[...input, ...initializer].map(({ name }) => name), ...sparse, ...node.flatMap(({ output }) => output)];
}
