import { encodeAbiParameters, hexToBytes, stringToBytes, type Address, type Hex } from 'viem';
import { keccak } from '../keccak.ts';

/** Members of a struct that are one word each, in their order. */
export type FlatMembers = readonly { name: string; type: 'address' | 'bytes32' | 'uint256' | 'uint128' | 'uint40' }[];

/** An EIP-712 domain of four members. */
export interface FlatDomain {
  name: string;
  version: string;
  chainId: number;
  verifyingContract: Address;
}

const DOMAIN = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)';
const WORD = 32;
const LIMB = 2n ** 64n - 1n;
/** Of few contracts on few chains; a caller that makes up domains only loses the memory of them. */
const MOST_DOMAINS = 64;
const separators = new Map<string, Uint8Array>();

/**
 * EIP-712 digests of one flat struct, as viem's `hashTypedData` gives them, with what never changes worked out once: a
 * gateway takes several a call. Throws RangeError for a member that does not fit its type.
 */
export function typedHasher(
  name: string,
  members: FlatMembers,
): (domain: FlatDomain, message: Readonly<Record<string, unknown>>) => Hex {
  const type = `${name}(${members.map((member) => `${member.type} ${member.name}`).join(',')})`;
  const typeHash = hexToBytes(keccak(stringToBytes(type)));
  return (domain, message) => {
    const struct = new Uint8Array(WORD * (members.length + 1));
    struct.set(typeHash);
    for (const [n, member] of members.entries()) writeWord(struct, WORD * (n + 1), member, message[member.name]);
    const signed = new Uint8Array(2 + 2 * WORD);
    signed.set([0x19, 0x01]);
    signed.set(separatorOf(domain), 2);
    signed.set(hexToBytes(keccak(struct)), 2 + WORD);
    return keccak(signed);
  };
}

function writeWord(into: Uint8Array, at: number, { name, type }: FlatMembers[number], value: unknown): void {
  if (type === 'bytes32' || type === 'address') {
    const bytes = hexToBytes(value as Hex);
    if (bytes.length !== (type === 'address' ? 20 : WORD)) throw new RangeError(`${name} is no ${type}`);
    return into.set(bytes, at + WORD - bytes.length);
  }
  const number = BigInt(value as bigint | number);
  if (number < 0n || number >> BigInt(type.slice(4)) !== 0n) throw new RangeError(`${name} is no ${type}`);
  const word = new DataView(into.buffer, at, WORD);
  for (let limb = 0; limb < 4; limb++) word.setBigUint64(24 - 8 * limb, (number >> BigInt(64 * limb)) & LIMB);
}

function separatorOf({ name, version, chainId, verifyingContract }: FlatDomain): Uint8Array {
  const key = JSON.stringify([name, version, chainId, verifyingContract]);
  const known = separators.get(key);
  if (known) return known;
  const encoded = encodeAbiParameters(
    [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }, { type: 'address' }],
    [
      keccak(stringToBytes(DOMAIN)),
      keccak(stringToBytes(name)),
      keccak(stringToBytes(version)),
      BigInt(chainId),
      verifyingContract,
    ],
  );
  const separator = hexToBytes(keccak(hexToBytes(encoded)));
  if (separators.size >= MOST_DOMAINS) separators.clear();
  separators.set(key, separator);
  return separator;
}
