// The root of a block's receipts, as its header names it: EIP-2718 receipts in a hexary Merkle-Patricia trie under
// their indices (Ethereum's yellow paper, §4.3.2 and appendix D). No trie with a licence that fits is kept on npm.
import { concat, keccak256, size, toHex, toRlp, type Hex, type RpcLog } from 'viem';

/** What counts of a receipt, in the words of JSON-RPC; `depositNonce` and its version on chains of the OP stack. */
export interface RpcReceipt {
  transactionIndex: Hex;
  type?: Hex;
  /** State root, before Byzantium, in place of the status. */
  root?: Hex;
  status?: Hex | null;
  cumulativeGasUsed: Hex;
  logsBloom: Hex;
  logs: RpcLog[];
  depositNonce?: Hex | null;
  depositReceiptVersion?: Hex | null;
}

type Tree = Hex | readonly Tree[];
interface Entry {
  nibbles: readonly number[];
  value: Hex;
}

/** What the header of a block with these receipts, in its order, names as `receiptsRoot`. */
export function receiptsRoot(receipts: readonly RpcReceipt[]): Hex {
  if (receipts.length === 0) return keccak256(toRlp('0x'));
  const entries = receipts.map((receipt, index) => ({
    nibbles: nibblesOf(toRlp(quantity(index))),
    value: encodeReceipt(receipt),
  }));
  return keccak256(toRlp(nodeOf(entries, 0) as never));
}

/** A receipt as consensus has it: its type, then RLP. */
function encodeReceipt(receipt: RpcReceipt): Hex {
  const { type, root, status, cumulativeGasUsed, logsBloom, logs, depositNonce, depositReceiptVersion } = receipt;
  const body = toRlp([
    root ?? quantity(status ?? '0x0'),
    quantity(cumulativeGasUsed),
    logsBloom,
    logs.map(({ address, topics, data }) => [address, topics, data]),
    ...[depositNonce, depositReceiptVersion].flatMap((value) => (value ? [quantity(value)] : [])),
  ] as never);
  const number = Number(type ?? 0);
  return number === 0 ? body : concat([toHex(number, { size: 1 }), body]);
}

/** The node of entries whose first `depth` nibbles are the same; values of a block's receipts never end in a branch. */
function nodeOf(entries: readonly Entry[], depth: number): Tree {
  const [first] = entries;
  if (entries.length === 1) return [pathOf(first!.nibbles.slice(depth), true), first!.value];
  const shared = sharedFrom(entries, depth);
  if (shared > depth) return [pathOf(first!.nibbles.slice(depth, shared), false), referenceTo(nodeOf(entries, shared))];
  const children = Array.from({ length: 16 }, (_, nibble): Tree => {
    const below = entries.filter(({ nibbles }) => nibbles[depth] === nibble);
    return below.length === 0 ? '0x' : referenceTo(nodeOf(below, depth + 1));
  });
  return [...children, '0x'];
}

/** Up to where all entries, which have `depth` nibbles in common, have more. */
function sharedFrom([first, ...others]: readonly Entry[], depth: number): number {
  let shared = depth;
  while (others.every(({ nibbles }) => nibbles[shared] === first!.nibbles[shared])) shared++;
  return shared;
}

/** A short node stands in its parent itself. */
function referenceTo(node: Tree): Tree {
  const encoded = toRlp(node as never);
  return size(encoded) < 32 ? node : keccak256(encoded);
}

/** Hex-prefix encoding of a path. */
function pathOf(nibbles: readonly number[], isLeaf: boolean): Hex {
  const flag = isLeaf ? 2 : 0;
  const whole = nibbles.length % 2 === 1 ? [flag + 1, ...nibbles] : [flag, 0, ...nibbles];
  return `0x${whole.map((nibble) => nibble.toString(16)).join('')}`;
}

const nibblesOf = (bytes: Hex): number[] => Array.from(bytes.slice(2), (digit) => Number.parseInt(digit, 16));

/** An integer as RLP has it: no leading zeros, nothing at all for 0. */
function quantity(value: Hex | number): Hex {
  const digits = BigInt(value).toString(16);
  return digits === '0' ? '0x' : `0x${digits.length % 2 === 1 ? '0' : ''}${digits}`;
}
