import { OmlError } from '@oml/protocol/error';
import { joinBytes, type ByteSource } from './byte-source.ts';
import type { ModelLimits } from './hostile.ts';
import { encodeField, WireReader, type WireField } from './wire.ts';

/** The payload of one initializer, left out of the skeleton. */
export interface CutPayload {
  field: 'raw' | 'float' | 'double';
  offset: number;
  /** In bytes. */
  length: number;
}

export interface Skeleton {
  /** A ModelProto in which the large payloads of initializers are missing. */
  bytes: Uint8Array;
  /** By the initializer's position in the graph. */
  cut: Map<number, CutPayload>;
}

const MODEL_GRAPH = 7;
const GRAPH_INITIALIZER = 5;
const PAYLOADS: Record<number, CutPayload['field']> = { 9: 'raw', 4: 'float', 10: 'double' };
/** Payloads up to this size stay: shapes and axes, which inspection reads. */
const KEEP = 1024;

/**
 * Copies a model's protobuf without its weights, reading little more than that. Throws MODEL_NOT_ONNX, MODEL_TOO_LARGE,
 * MODEL_INVALID.
 */
export async function scanSkeleton(source: ByteSource, limits: ModelLimits): Promise<Skeleton> {
  const scan: Scan = { reader: new WireReader(source), left: limits.maxGraphBytes, cut: new Map() };
  const kept = new Kept(scan);
  let graphs = 0;
  for await (const field of scan.reader.fields(0, source.size)) {
    if (field.number !== MODEL_GRAPH || field.type !== 2) await kept.add(field);
    else if (graphs++ > 0) throw new OmlError('MODEL_INVALID', 'The file holds two graphs.');
    else await kept.replace(MODEL_GRAPH, await scanGraph(scan, field));
  }
  return { bytes: joinBytes(await kept.finish()), cut: scan.cut };
}

interface Scan {
  reader: WireReader;
  /** Bytes that may still be kept. */
  left: number;
  cut: Skeleton['cut'];
}

async function scanGraph(scan: Scan, graph: WireField): Promise<Uint8Array[]> {
  const kept = new Kept(scan);
  let position = 0;
  for await (const field of scan.reader.fields(graph.payload, graph.end)) {
    if (field.number !== GRAPH_INITIALIZER || field.type !== 2) await kept.add(field);
    else await kept.replace(GRAPH_INITIALIZER, await scanTensor(scan, field, position++));
  }
  return kept.finish();
}

async function scanTensor(scan: Scan, tensor: WireField, position: number): Promise<Uint8Array[]> {
  const kept = new Kept(scan);
  for await (const field of scan.reader.fields(tensor.payload, tensor.end)) {
    const payload = field.type === 2 ? PAYLOADS[field.number] : undefined;
    const length = field.end - field.payload;
    if (payload && (payload === 'raw' || length > KEEP)) {
      if (scan.cut.has(position)) throw new OmlError('MODEL_INVALID', 'An initializer holds its values twice.');
      scan.cut.set(position, { field: payload, offset: field.payload, length });
    }
    if (!payload || length <= KEEP) await kept.add(field);
  }
  return kept.finish();
}

/** The fields of one message that stay. Neighbours are read together. */
class Kept {
  private readonly scan: Scan;
  private readonly parts: Uint8Array[] = [];
  private from = 0;
  private to = 0;

  constructor(scan: Scan) {
    this.scan = scan;
  }

  async add(field: WireField): Promise<void> {
    if (field.start !== this.to) await this.flush();
    if (this.from === this.to) this.from = field.start;
    this.to = field.end;
    this.scan.left -= field.end - field.start;
    if (this.scan.left < 0)
      throw new OmlError('MODEL_TOO_LARGE', 'The graph without its weights is larger than what is read.');
  }

  /** Puts another payload in the place of a field. */
  async replace(number: number, payload: readonly Uint8Array[]): Promise<void> {
    await this.flush();
    this.parts.push(...encodeField(number, payload));
  }

  async finish(): Promise<Uint8Array[]> {
    await this.flush();
    return this.parts;
  }

  private async flush(): Promise<void> {
    if (this.from < this.to) this.parts.push(await this.scan.reader.bytes(this.from, this.to));
    this.from = this.to = 0;
  }
}
