import { claimCourtAbi } from '@oml/contracts/abis';
import type { Refusal } from '@oml/db/refused-claims';
import { decodeFunctionData, type Hex } from 'viem';

/** What a call to the court that reverted was, and whom it accused as far as its call data says. */
export function readRefusedCall(input: Hex): Pick<Refusal, 'functionName' | 'account' | 'licenseId'> {
  const call = decodeCall(input);
  if (!call) return { functionName: input.slice(0, 10) };
  const { functionName } = call;
  switch (call.functionName) {
    case 'revealUnpaidUse':
    case 'revealEquivocation':
      return { functionName, ...accusedIn(call.args[0].signed.receipt) };
    case 'cure':
    case 'finaliseUnpaidUse':
      return { functionName, ...accusedIn(call.args[0]) };
    case 'revealDisguisedUse':
    case 'clear':
    case 'clearUpstream':
    case 'chargeTitle':
      return { functionName, account: call.args[0].batch.account };
    case 'proveItems':
    case 'admit':
      return { functionName, account: call.args[0].account };
    case 'finaliseDisguisedUse':
      return { functionName, account: call.args[1].account };
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
const accusedIn = ({ licenseId }: { licenseId: bigint }): { licenseId?: bigint } =>
  licenseId === 0n ? {} : { licenseId };
