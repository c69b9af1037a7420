import { getAddress, isAddress, type Address, type Hex } from 'viem';

/** A number from an address bar; undefined where it is none. */
export const readId = (text: string): bigint | undefined => (/^[0-9]{1,18}$/.test(text) ? BigInt(text) : undefined);

/** An account from an address bar, checksummed; undefined where it is none. */
export const readAccount = (text: string): Address | undefined =>
  isAddress(text, { strict: false }) ? getAddress(text) : undefined;

/** A transaction hash from an address bar; undefined where it is none. */
export const readHash = (text: string): Hex | undefined =>
  /^0x[0-9a-fA-F]{64}$/.test(text) ? (text.toLowerCase() as Hex) : undefined;

/** Numbers that an address gives one or several times, each once, `most` of them; what is none is left out. */
export const readIds = (given: string | string[] | undefined, most: number): bigint[] =>
  [...new Set([given ?? []].flat().flatMap((text) => readId(text) ?? []))].slice(0, most);

/** Pages of a list beyond this one are asked for by nobody who reads them. */
const LAST_PAGE = 10_000;

/** The page of a list that an address asks for, from 1; the first where it says nothing that can be. */
export function readPage(text: string | string[] | undefined): number {
  const page = Number(readId(String(text ?? '')) ?? 1n);
  return page >= 1 && page <= LAST_PAGE ? page : 1;
}
