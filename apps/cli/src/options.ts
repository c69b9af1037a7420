import { OmlError } from '@oml/protocol/error';
import { isHex, type Hex } from 'viem';

/** A whole number from an option. Throws REQUEST_INVALID. */
export function whole(text: string, option: string, least: number, most: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most))
    throw invalid(`${option} takes a whole number from ${least} to ${most}, not "${text}".`);
  return value;
}

/** A number on chain, such as that of a model. Throws REQUEST_INVALID. */
export function number(text: string, what: string): bigint {
  if (!/^\d{1,77}$/.test(text)) throw invalid(`${what} is a whole number, not "${text}".`);
  return BigInt(text);
}

/** A share above 0, at most 1. Throws REQUEST_INVALID. */
export function share(text: string, option: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1)) throw invalid(`${option} takes a share above 0 and up to 1, not "${text}".`);
  return value;
}

/** 32 bytes of hex. Throws REQUEST_INVALID. */
export function word(text: string, option: string): Hex {
  if (!isHex(text) || text.length !== 66) throw invalid(`${option} takes 32 bytes as hex: 0x and 64 digits.`);
  return text.toLowerCase() as Hex;
}

const invalid = (message: string): OmlError => new OmlError('REQUEST_INVALID', message);
