import { isOmlError } from '@oml/protocol/error';
import {
  BaseError,
  ContractFunctionRevertedError,
  HttpRequestError,
  InsufficientFundsError,
  TimeoutError,
  UserRejectedRequestError,
} from 'viem';
import { explainRevert, type Explanation } from '@oml/protocol/chain/revert-words';

/** What to do about the codes that a visitor can do something about. */
const NEXT: Record<string, string> = {
  BOND_TOO_LOW: 'Choose another host: this one has too little at stake to answer for.',
  LICENSE_NOT_ACTIVE: 'Choose another host.',
  RECEIPT_MISSING: 'Keep the payment transaction: the host took money without proof of its answer.',
  RECEIPT_MISMATCH: 'Do not use the answer. The payment transaction and the receipt are your evidence.',
  RECEIPT_INVALID: 'Do not use the answer. The payment transaction is your evidence.',
  BUDGET_SPENT: 'Change your budget under “Use”, or wait for the next day or month (UTC).',
  PAYMENT_SHORT: 'The price changed. Reload to see it, then send again.',
  CLOCK_OFF: 'Switch automatic time on in the settings of this device, then try again.',
  PAYMENT_UNFUNDED: 'Get the token under “Use”, or pay from another account.',
  PAYMENT_WALLET: 'Choose an account with a key of its own in your wallet.',
  SIGNATURE_INVALID: 'Update your wallet, or use another one; then try again.',
  PAYMENT_NETWORK: 'Switch your wallet to the network of this page.',
  PAYMENT_EXPIRED: 'Sign again; check that your clock is right.',
  PAYMENT_UNSETTLED: 'Try again in a moment: the same payment is never taken twice.',
  PROMPT_TOO_LONG: 'Shorten the prompt.',
  MODEL_NOT_ONNX: 'Choose a model file in ONNX format (.onnx).',
  MODEL_UNSUPPORTED: 'Export the model with constant weights and one input; choose the files beside it as well.',
  MODEL_INVALID: 'Choose the model and every file that its weights lie in, or export it anew.',
  MODEL_TOO_LARGE: 'Choose a smaller model.',
  TOKENIZER_INVALID: 'Choose the tokenizer.json that belongs to the model.',
  EDIT_INFEASIBLE: 'Ask for fewer fingerprints.',
  UNAVAILABLE: 'Try again in a moment.',
  CHAIN_MISMATCH: 'Choose the network of this page in your wallet, then press again.',
  CONFLICT: 'Wait for it, or speed it up or cancel it in your wallet.',
};

/** Any error as one sentence and a next step. */
export function explainError(error: unknown): Explanation {
  if (isOmlError(error)) {
    const next = NEXT[error.code] ?? (error.retryable ? 'Try again in a moment.' : undefined);
    return { sentence: error.message, code: error.code, ...(next ? { next } : {}) };
  }
  if (error instanceof BaseError) return explainViemError(error);
  if (error instanceof DOMException && (error.name === 'AbortError' || error.name === 'TimeoutError'))
    return { sentence: 'It took too long and was stopped.', next: 'Try again.' };
  if (error instanceof TypeError && /fetch/i.test(error.message))
    return { sentence: 'The other side does not answer.', next: 'Check that it is running, then try again.' };
  return { sentence: error instanceof Error && error.message ? error.message : 'Something went wrong on this page.' };
}

function explainViemError(error: BaseError): Explanation {
  const find = <T extends Error>(kind: new (...args: never[]) => T): T | undefined =>
    (error.walk((cause) => cause instanceof kind) as T | null) ?? undefined;
  if (find(UserRejectedRequestError)) return { sentence: 'You declined it in your wallet.', next: 'Nothing was sent.' };
  const reverted = find(ContractFunctionRevertedError);
  if (reverted?.data?.errorName && reverted.data.errorName !== 'Error')
    return explainRevert(reverted.data.errorName, namedArgs(reverted));
  if (reverted?.reason) return { sentence: `The contract refused: ${reverted.reason}.` };
  if (find(InsufficientFundsError))
    return {
      sentence: 'Your wallet has too little of the chain’s own coin to pay for gas.',
      next: 'On the development chain, get some under “Use”.',
    };
  if (find(HttpRequestError) ?? find(TimeoutError))
    return {
      sentence: 'The chain does not answer.',
      next: 'Check that it is running, then try again.',
      code: 'CHAIN_UNREACHABLE',
    };
  return { sentence: error.shortMessage };
}

function namedArgs({ data }: ContractFunctionRevertedError): Record<string, string> {
  const inputs = data?.abiItem && 'inputs' in data.abiItem ? data.abiItem.inputs : [];
  return Object.fromEntries((data?.args ?? []).map((value, i) => [inputs[i]?.name || String(i), String(value)]));
}
