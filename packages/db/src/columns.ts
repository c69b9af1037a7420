import type { Address, Hex } from 'viem';
import { address } from '@oml/protocol/wire/scalars';
import { Prisma } from './generated/prisma/client.ts';

const MAX_INT8 = 2n ** 63n - 1n;

/** A numeric(78,0) column as bigint. */
export const toAmount = (value: Prisma.Decimal): bigint => BigInt(value.toFixed(0));
/** A bigint as a numeric(78,0) column; exact, unlike a JavaScript number. */
export const fromAmount = (value: bigint): Prisma.Decimal => new Prisma.Decimal(value.toString());

/** A JSON value as a nullable jsonb column: null is SQL's own. */
export function fromJson(value: unknown): Prisma.InputJsonValue | typeof Prisma.DbNull {
  return value === null || value === undefined ? Prisma.DbNull : (value as Prisma.InputJsonValue);
}

/** Text columns that the indexer wrote from decoded events. */
export const toHex = (value: string): Hex => value as Hex;
export const toAddress = (value: string): Address => value as Address;

/** The spelling under which addresses are stored (checksummed); undefined for what is no address. */
export function storedAddress(value: string): string | undefined {
  const parsed = address.safeParse(value);
  return parsed.success ? parsed.data : undefined;
}

/** An id that fits the int8 key of a registry's counter; undefined for one that no registry can have given out. */
export function storedId(id: bigint): bigint | undefined {
  return id >= 0n && id <= MAX_INT8 ? id : undefined;
}

/** How many rows to read: at least 1, at most 200. */
export function pageSize(limit: number | undefined, usual = 50): number {
  return Math.max(1, Math.min(200, Math.trunc(limit ?? usual) || usual));
}

/** Arguments as the page shows them: text, whatever they were. */
export function toTexts(args: Prisma.JsonValue): Record<string, string> {
  const entries = Object.entries((args ?? {}) as Record<string, unknown>);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
