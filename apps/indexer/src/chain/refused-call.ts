import { claimCourtAbi } from '@oml/contracts/abis';
import type { Refusal } from '@oml/db/refused-claims';
import { decodeFunctionData, type Address, type Hex } from 'viem';

/** What a call to the court that reverted was, and whom it accused as far as its call data says. */
export function readRefusedCall(input: Hex): Pick<Refusal, 'functionName' | 'account' | 'modelId' | 'licenseId'> {
  const call = decodeCall(input);
  if (!call) return { functionName: input.slice(0, 10) };
  const { functionName } = call;
  switch (call.functionName) {
    case 'revealUnpaidUse':
      return { functionName, ...accusedIn(call.args[0][0]?.signed.receipt) };
    case 'revealEquivocation':
      return { functionName, ...accusedIn(call.args[0].signed.receipt) };
    case 'cure':
    case 'finaliseUnpaidUse':
      return { functionName, ...accusedIn(call.args[0][0]) };
    case 'revealDisguisedUse':
    case 'proveItems':
      return { functionName, ...accusedBy(call.args[0]) };
    case 'finaliseDisguisedUse':
      return { functionName, ...accusedBy(call.args[1]) };
    default:
      return { functionName };
  }
}

function decodeCall(input: Hex) {
  try {
    return decodeFunctionData({ abi: claimCourtAbi, data: input });
  } catch {
    return undefined;
  }
}

/** The license that a receipt names, if it names one. */
const accusedIn = (receipt: { licenseId: bigint } | undefined): { licenseId?: bigint } =>
  receipt?.licenseId ? { licenseId: receipt.licenseId } : {};

/** The host and the model that a batch names. */
const accusedBy = ({ account, modelId }: { account: Address; modelId: bigint }) => ({ account, modelId });
