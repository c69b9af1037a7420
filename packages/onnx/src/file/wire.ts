import { OmlError } from '@oml/protocol/error';
import type { ByteSource } from './byte-source.ts';

/** One field of a protobuf message where it lies: `start` to `end` with its tag, payload from `payload`. */
export interface WireField {
  number: number;
  /** 0 varint, 1 eight bytes, 2 length-delimited, 5 four bytes. */
  type: number;
  start: number;
  payload: number;
  end: number;
}

const WINDOW = 1 << 16;
/** A tag and a length need ten bytes each at most. */
const LONGEST_HEADER = 20;

/** Walks over protobuf fields in a source, loading only what it looks at. */
export class WireReader {
  private readonly source: ByteSource;
  private buffer = new Uint8Array();
  private base = 0;

  constructor(source: ByteSource) {
    this.source = source;
  }

  /** Fields between two offsets. Throws MODEL_NOT_ONNX where they do not fit each other. */
  async *fields(from: number, to: number): AsyncGenerator<WireField> {
    for (let at = from; at < to;) {
      const field = await this.field(at, to);
      yield field;
      at = field.end;
    }
  }

  /** Bytes of a range; from the window where it holds them. */
  async bytes(from: number, to: number): Promise<Uint8Array> {
    if (to - from > WINDOW) return this.source.read(from, to - from);
    await this.load(from, to - from);
    return this.buffer.slice(from - this.base, to - this.base);
  }

  private async field(start: number, limit: number): Promise<WireField> {
    await this.load(start, Math.min(LONGEST_HEADER, limit - start));
    const tag = this.varint(start, limit);
    const [number, type] = [tag.value >>> 3, tag.value & 7];
    if (tag.value > 0xffffffff || number === 0) throw notProtobuf();
    if (type === 2) {
      const length = this.varint(tag.end, limit);
      if (length.end + length.value > limit) throw notProtobuf();
      return { number, type, start, payload: length.end, end: length.end + length.value };
    }
    const end =
      type === 0 ? this.varint(tag.end, limit).end : type === 1 ? tag.end + 8 : type === 5 ? tag.end + 4 : Infinity;
    if (end > limit) throw notProtobuf();
    return { number, type, start, payload: tag.end, end };
  }

  private varint(from: number, limit: number): { value: number; end: number } {
    let value = 0;
    for (let i = 0; i < 10 && from + i < limit; i++) {
      const byte = this.buffer[from + i - this.base]!;
      value += (byte & 127) * 2 ** (7 * i);
      if (byte < 128) return { value, end: from + i + 1 };
    }
    throw notProtobuf();
  }

  private async load(from: number, length: number): Promise<void> {
    if (from >= this.base && from + length <= this.base + this.buffer.length) return;
    this.base = from;
    this.buffer = new Uint8Array(
      await this.source.read(from, Math.min(this.source.size - from, Math.max(length, WINDOW))),
    );
  }
}

/** Tag and length of a length-delimited field. */
export function fieldHeader(number: number, length: number): Uint8Array {
  return Uint8Array.from([...varintBytes(number * 8 + 2), ...varintBytes(length)]);
}

/** A length-delimited field as bytes. */
export function encodeField(number: number, payload: readonly Uint8Array[]): Uint8Array[] {
  return [
    fieldHeader(
      number,
      payload.reduce((sum, part) => sum + part.length, 0),
    ),
    ...payload,
  ];
}

function varintBytes(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) + 128, ...varintBytes(Math.floor(value / 128))];
}

export function notProtobuf(cause?: unknown): OmlError {
  return new OmlError('MODEL_NOT_ONNX', 'The file is no ONNX model, or it is cut off: its protobuf does not decode.', {
    cause,
  });
}
