import { omlErrorsAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import {
  BaseError,
  ContractFunctionRevertedError,
  decodeErrorResult,
  InsufficientFundsError,
  isHex,
  RpcRequestError,
  type Abi,
  type Address,
  type Hex,
} from 'viem';
import { isUnreachable } from './plain-error.ts';

export interface Revert {
  errorName: string;
  /** By parameter name; integers as decimal strings. */
  errorArgs: Record<string, string>;
}

/** Finds and decodes the custom error behind a failed call; undefined where there is none. */
export function decodeRevert(error: unknown): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const reverted = error.walk((e) => e instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    if (reverted.data)
      return named(
        reverted.data.errorName,
        reverted.data.args,
        reverted.data.abiItem?.type === 'error' ? reverted.data.abiItem.inputs : [],
      );
    if (reverted.raw) return decodeRevertData(reverted.raw);
    if (reverted.reason) return { errorName: 'Error', errorArgs: { message: reverted.reason } };
  }
  const rpc = error.walk((e) => e instanceof RpcRequestError) as RpcRequestError | null;
  return isHex(rpc?.data) ? decodeRevertData(rpc.data) : undefined;
}

/** Decodes revert data by the errors of all OML contracts. */
export function decodeRevertData(data: Hex): Revert | undefined {
  try {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: omlErrorsAbi as Abi, data });
    return named(errorName, args, 'inputs' in abiItem ? (abiItem.inputs ?? []) : []);
  } catch {
    return undefined;
  }
}

function named(
  errorName: string,
  args: readonly unknown[] | undefined,
  inputs: readonly { name?: string | undefined }[],
): Revert {
  const errorArgs = Object.fromEntries((args ?? []).map((value, i) => [inputs[i]?.name || String(i), String(value)]));
  return { errorName, errorArgs };
}

/**
 * The OmlError of a failed write of `sender`: CHAIN_REVERTED with the decoded reason, GAS_TOO_LOW or
 * CHAIN_UNREACHABLE.
 */
export function revertError(cause: unknown, functionName: string, sender?: Address): OmlError {
  const revert = decodeRevert(cause);
  if (revert) {
    const args = Object.entries(revert.errorArgs)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
    return new OmlError(
      'CHAIN_REVERTED',
      `${functionName} was refused by the contract: ${revert.errorName}${args && ` (${args})`}.`,
      { details: { ...revert }, cause },
    );
  }
  if (cause instanceof BaseError && cause.walk((e) => e instanceof InsufficientFundsError) !== null)
    return new OmlError(
      'GAS_TOO_LOW',
      `${sender ?? 'The account'} has too little of the chain's coin for the gas of ${functionName}: send it some.`,
      { details: sender ? { account: sender } : {}, cause },
    );
  if (isUnreachable(cause))
    return new OmlError('CHAIN_UNREACHABLE', 'The RPC endpoint does not answer.', { retryable: true, cause });
  return new OmlError(
    'CHAIN_REVERTED',
    `${functionName} failed: ${cause instanceof BaseError ? cause.shortMessage : 'unknown reason'}.`,
    { cause },
  );
}
