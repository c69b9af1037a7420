import { fromBinary, toBinary } from '@bufbuild/protobuf';
import { ModelProtoSchema, type AttributeProto, type FunctionProto, type GraphProto, type NodeProto } from 'onnx-buf';

type Rename = (name: string) => string;

/**
 * The same model in other words: inner tensors and nodes renamed, nodes in another order that works, lists shuffled,
 * comments changed; in bodies and functions as well. Its inputs and outputs are renamed too where that is asked for.
 */
export function scrambled(file: Uint8Array, random: () => number, { keepsInterface = true } = {}): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, file);
  Object.assign(proto, { producerName: 'another', docString: 'The same model.' });
  const scramble = new Scramble(random);
  scramble.graph(proto.graph!, (name) => name, keepsInterface);
  for (const f of proto.functions) scramble.function(f);
  scramble.shuffle(proto.functions);
  scramble.shuffle(proto.opsetImport);
  return toBinary(ModelProtoSchema, proto);
}

class Scramble {
  private readonly random: () => number;
  private made = 0;

  constructor(random: () => number) {
    this.random = random;
  }

  graph(graph: GraphProto, outer: Rename, keepsInterface = false): void {
    const interfaceNames = keepsInterface ? [...graph.input, ...graph.output].map(({ name }) => name) : [];
    const defined = [
      ...[...graph.input, ...graph.initializer].map(({ name }) => name),
      ...graph.sparseInitializer.map(({ values }) => values!.name),
      ...graph.node.flatMap(({ output }) => output),
    ];
    const rename = this.renaming(defined, new Set(interfaceNames), outer);
    for (const named of [...graph.input, ...graph.output, ...graph.initializer, ...graph.valueInfo])
      named.name = rename(named.name);
    for (const { values } of graph.sparseInitializer) values!.name = rename(values!.name);
    this.nodes(graph.node, rename);
    for (const list of [graph.initializer, graph.sparseInitializer, graph.valueInfo]) this.shuffle<unknown>(list);
    Object.assign(graph, { name: 'scrambled', docString: 'scrambled' });
  }

  function(f: FunctionProto): void {
    const rename = this.renaming([...f.input, ...f.node.flatMap(({ output }) => output)], new Set(), (name) => name);
    f.input = f.input.map(rename);
    f.output = f.output.map(rename);
    this.nodes(f.node, rename);
    this.shuffle(f.attribute);
  }

  shuffle<T>(list: T[]): void {
    for (let i = list.length - 1; i > 0; i--) {
      const j = Math.floor(this.random() * (i + 1));
      [list[i], list[j]] = [list[j]!, list[i]!];
    }
  }

  private renaming(defined: readonly string[], kept: ReadonlySet<string>, outer: Rename): Rename {
    const names = new Map([['', '']]);
    for (const name of defined)
      if (!names.has(name))
        names.set(name, kept.has(name) ? name : `t${this.made++}_${Math.floor(this.random() * 1e6)}`);
    return (name) => names.get(name) ?? outer(name);
  }

  private nodes(nodes: NodeProto[], rename: Rename): void {
    for (const node of nodes) {
      node.name = `n${this.made++}`;
      node.input = node.input.map(rename);
      node.output = node.output.map(rename);
      for (const attribute of node.attribute)
        for (const body of bodiesOf(attribute)) this.graph(body, (name) => rename(name));
      this.shuffle(node.attribute);
    }
    const left = [...nodes];
    nodes.length = 0;
    while (left.length > 0) {
      const made = new Set(left.flatMap(({ output }) => output));
      const ready = left.filter((node) => !reads(node).some((name) => name !== '' && made.has(name)));
      const next = ready[Math.floor(this.random() * ready.length)]!;
      nodes.push(next);
      left.splice(left.indexOf(next), 1);
    }
  }
}

const bodiesOf = ({ g, graphs }: AttributeProto): GraphProto[] => (g ? [g, ...graphs] : graphs);

/** What a node reads, its bodies too. */
const reads = (node: NodeProto): string[] => [
  ...node.input,
  ...node.attribute
    .flatMap(bodiesOf)
    .flatMap((body) => [...body.node.flatMap(reads), ...body.output.map(({ name }) => name)]),
];
