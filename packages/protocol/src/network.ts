import { OmlError } from './error.ts';

/** CAIP-2 name of an EVM chain, as x402 v2 wants it. */
export function caip2(chainId: number): `eip155:${number}` {
  return `eip155:${chainId}`;
}

/** Reads the chain id out of a CAIP-2 name. */
export function chainIdOf(network: string): number {
  const match = /^eip155:([1-9][0-9]{0,15})$/.exec(network);
  if (!match) throw new OmlError('REQUEST_INVALID', `"${network}" is not an EVM network in CAIP-2 form.`);
  return Number(match[1]);
}
