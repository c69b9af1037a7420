import { fromBinary, toBinary, type Message } from '@bufbuild/protobuf';
import { ModelProtoSchema, type GraphProto } from 'onnx-buf';

/**
 * A file without what the weights digest leaves free, by other means than the digest: every inner name is replaced by
 * the place where it first stands, comments and what no decoder knows are gone.
 */
export function plainForm(file: Uint8Array): Buffer {
  const proto = fromBinary(ModelProtoSchema, file);
  const shown = new Set([...proto.graph!.input, ...proto.graph!.output].map(({ name }) => name));
  const places = new Map<string, string>();
  const place = (name: string): string => {
    if (name === '' || shown.has(name)) return name;
    if (!places.has(name)) places.set(name, `place ${places.size}`);
    return places.get(name)!;
  };
  const free = { docString: '', producerName: '', producerVersion: '', modelVersion: 0n, metadataProps: [] };
  Object.assign(proto, free, { domain: '' });
  visit(proto, (message) => {
    delete message.$unknown;
    const fields = message as unknown as Record<string, unknown>;
    if ('docString' in message) fields['docString'] = '';
    if ('metadataProps' in message) fields['metadataProps'] = [];
    if ('denotation' in message) fields['denotation'] = '';
    const { $typeName } = message;
    if ($typeName === 'onnx.TensorShapeProto.Dimension') {
      const { value } = fields as { value: { case?: string } };
      if (value.case !== 'dimValue') fields['value'] = { case: undefined };
    }
    if (['onnx.TensorProto', 'onnx.ValueInfoProto'].includes($typeName))
      fields['name'] = place(fields['name'] as string);
    if ($typeName === 'onnx.GraphProto') Object.assign(message as GraphProto, { name: '', quantizationAnnotation: [] });
    if ($typeName === 'onnx.NodeProto') Object.assign(fields, { name: '', deviceConfigurations: [] });
    if (['onnx.NodeProto', 'onnx.FunctionProto'].includes($typeName))
      for (const list of ['input', 'output']) fields[list] = (fields[list] as string[]).map(place);
  });
  return Buffer.from(toBinary(ModelProtoSchema, proto));
}

function visit(value: unknown, change: (message: Message) => void): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if ('$typeName' in value) change(value as Message);
  for (const inner of Object.values(value)) visit(inner, change);
}
