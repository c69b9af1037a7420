import { concatBytes, encodeAbiParameters, hexToBytes, keccak256, numberToBytes, stringToBytes, type Hex } from 'viem';
import type { Address } from 'viem';

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
const PREFIX = Uint8Array.of(0x19, 0x01);
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
  const typeHash = keccak256(stringToBytes(type), 'bytes');
  return (domain, message) => {
    const words = members.map((member) => wordOf(member, message[member.name]));
    const struct = keccak256(concatBytes([typeHash, ...words]), 'bytes');
    return keccak256(concatBytes([PREFIX, separatorOf(domain), struct]));
  };
}

function wordOf({ name, type }: FlatMembers[number], value: unknown): Uint8Array {
  if (type === 'bytes32' || type === 'address') {
    const bytes = hexToBytes(value as Hex);
    if (bytes.length !== (type === 'address' ? 20 : 32)) throw new RangeError(`${name} is no ${type}`);
    return type === 'address' ? concatBytes([new Uint8Array(12), bytes]) : bytes;
  }
  const number = BigInt(value as bigint | number);
  if (number < 0n || number >> BigInt(type.slice(4)) !== 0n) throw new RangeError(`${name} is no ${type}`);
  return numberToBytes(number, { size: 32 });
}

function separatorOf({ name, version, chainId, verifyingContract }: FlatDomain): Uint8Array {
  const key = JSON.stringify([name, version, chainId, verifyingContract]);
  const known = separators.get(key);
  if (known) return known;
  const separator = keccak256(
    encodeAbiParameters(
      [{ type: 'bytes32' }, { type: 'bytes32' }, { type: 'bytes32' }, { type: 'uint256' }, { type: 'address' }],
      [
        keccak256(stringToBytes(DOMAIN)),
        keccak256(stringToBytes(name)),
        keccak256(stringToBytes(version)),
        BigInt(chainId),
        verifyingContract,
      ],
    ),
    'bytes',
  );
  if (separators.size >= MOST_DOMAINS) separators.clear();
  separators.set(key, separator);
  return separator;
}
