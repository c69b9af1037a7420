import { encodeAbiParameters, keccak256, stringToBytes, type Address, type Hex } from 'viem';

/** 3 to 32 of a-z, 0-9 and hyphens that stand alone and inside: no two of them look alike. */
const WELL_FORMED = /^(?=.{3,32}$)[a-z0-9]+(?:-[a-z0-9]+)*$/;

export const isName = (text: string): boolean => WELL_FORMED.test(text);

/** Under what a name is kept. */
export const nameId = (text: string): Hex => keccak256(stringToBytes(text));

/** What is committed before a name is shown, so that nobody snatches it (`contracts/src/Names.sol`). */
export function nameCommitment(
  { name, holder, salt }: { name: string; holder: Address; salt: Hex },
  { chainId, names }: { chainId: number; names: Address },
): Hex {
  const types = ['uint256', 'address', 'address', 'string', 'bytes32'].map((type) => ({ type }));
  return keccak256(encodeAbiParameters(types, [BigInt(chainId), names, holder, name, salt]));
}

/** Whom a domain names for a name of ours; undefined where it is silent, or says nothing that can be read. */
export interface DomainWord {
  domain: string;
  holder: Address | undefined;
}

/**
 * The plain rule for a reported name: it belongs to whom the domain of the same word names. Upheld where a domain of
 * that word names the reporter, and none names the holder; everything else proves nothing.
 */
export function isImpersonation(
  name: string,
  { reporter, holder }: { reporter: Address; holder: Address },
  words: readonly DomainWord[],
): boolean {
  const own = words.filter(({ domain }) => isDomainOf(name, domain));
  const names = (who: Address) => own.some((word) => word.holder !== undefined && word.holder === who);
  return names(reporter) && !names(holder);
}

/**
 * Is this the domain of that very word: `acme.com` of `acme`? Domains below another are somebody else's to give away.
 * A bare host with a port, as on a dev chain, is one too.
 */
export const isDomainOf = (name: string, domain: string): boolean =>
  domain.split('.').length <= 2 && domain.replace(/:\d+$/, '').split('.')[0] === name && /^[a-z0-9.:-]+$/.test(domain);
