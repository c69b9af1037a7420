import { decodeRevertData, type Revert } from '@oml/service/revert';
import { BaseError, decodeErrorResult, isHex, type Address, type Hash, type Hex, type PublicClient } from 'viem';

export interface FailedCall {
  hash: Hash;
  from: Address;
  to: Address;
  input: Hex;
  value: bigint;
  gas: bigint;
  blockNumber: bigint;
}

/**
 * Why a mined transaction reverted: from the node's trace, else by calling again at its block, then at the one before.
 */
export async function findRevert(client: PublicClient, call: FailedCall): Promise<Revert> {
  const data =
    (await tracedOutput(client, call.hash)) ??
    (await calledOutput(client, call, call.blockNumber)) ??
    (await calledOutput(client, call, call.blockNumber - 1n));
  return (data && nameRevert(data)) ?? { errorName: 'unknown', errorArgs: data ? { data } : {} };
}

/** OML's custom errors, or Solidity's own Error(string) and Panic(uint256). */
function nameRevert(data: Hex): Revert | undefined {
  const known = decodeRevertData(data);
  if (known) return known;
  try {
    const { errorName, args } = decodeErrorResult({ abi: [], data });
    return { errorName, errorArgs: { reason: String(args?.[0] ?? '') } };
  } catch {
    return undefined;
  }
}

/** Exact, but not every node traces. */
async function tracedOutput(client: PublicClient, hash: Hash): Promise<Hex | undefined> {
  const request = client.request as (call: { method: string; params: unknown[] }) => Promise<{ output?: unknown }>;
  try {
    const trace = await request({ method: 'debug_traceTransaction', params: [hash, { tracer: 'callTracer' }] });
    return asOutput(trace.output);
  } catch {
    return undefined;
  }
}

async function calledOutput(
  client: PublicClient,
  { from, to, input, value, gas }: FailedCall,
  blockNumber: bigint,
): Promise<Hex | undefined> {
  try {
    await client.call({ account: from, to, data: input, value, gas, blockNumber });
    return undefined;
  } catch (error) {
    const data = error instanceof BaseError ? dataOf(error.walk((cause) => dataOf(cause) !== undefined)) : undefined;
    return asOutput(typeof data === 'object' && data !== null ? dataOf(data) : data);
  }
}

/** Nodes put revert data into the RPC error's `data`, some of them one level deeper. */
const dataOf = (value: unknown): unknown => (value as { data?: unknown } | null)?.data;

function asOutput(value: unknown): Hex | undefined {
  return isHex(value) && value.length >= 10 ? value : undefined;
}
