import type { Chain } from '@oml/service/chain';
import type { Address } from 'viem';
import { atMostASecond } from './at-most.ts';

/** Is an address a contract, which signs by code and not by a key? Undefined where it was not looked up. */
export type IsContract = (address: Address) => Promise<boolean | undefined>;

/** Whoever forges payments in numbers costs no more requests than this. */
const LOOKS_A_SECOND = 5;
/** What an account begins with that has a key and lends itself code (EIP-7702). */
const DELEGATED = '0xef0100';

/** Looks at the chain so that a refusal can say what is wrong, and only so often. */
export function createIsContract({ publicClient }: Pick<Chain, 'publicClient'>): IsContract {
  const mayLook = atMostASecond(LOOKS_A_SECOND);
  return async (address) => {
    if (!mayLook()) return undefined;
    const code = await publicClient.getCode({ address }).catch(() => undefined);
    return code !== undefined && !code.toLowerCase().startsWith(DELEGATED);
  };
}
