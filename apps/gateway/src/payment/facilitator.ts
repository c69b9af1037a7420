import { x402Facilitator } from '@x402/core/facilitator';
import type { SchemeNetworkFacilitator } from '@x402/core/types';
import { toFacilitatorEvmSigner, type FacilitatorEvmSigner } from '@x402/evm';
import { caip2 } from '@oml/protocol/network';
import { BatchSettlementEvmScheme } from '@x402/evm/batch-settlement/facilitator';
import { createBookedExact, type Facilitating } from './booked-exact.ts';
import { finalReceipt } from './settled-transfer.ts';

/** What x402 is to do about `exact` payments: verify them, and settle them. */
export type ExactScheme = (signer: FacilitatorEvmSigner, facilitating: Facilitating) => SchemeNetworkFacilitator;

/**
 * Twice what a deposit takes (gas/table.json in contracts). A payer that is a contract checks the signature by its own
 * code (EIP-1271), and would burn as much of our gas as a block holds.
 */
const MOST_GAS = 300_000n;

/** x402's facilitator inside this process, paid by the gas account. */
export function createFacilitator(facilitating: Facilitating, exact: ExactScheme = createBookedExact): x402Facilitator {
  const { chain, gas, settleDepth } = facilitating;
  const { publicClient, deployment } = chain;
  const signer = toFacilitatorEvmSigner({
    address: gas.address,
    readContract: (args) => publicClient.readContract(args as Parameters<typeof publicClient.readContract>[0]),
    verifyTypedData: (args) => publicClient.verifyTypedData(args as Parameters<typeof publicClient.verifyTypedData>[0]),
    getCode: (args) => publicClient.getCode(args),
    writeContract: (args) => gas.write(args, { mostGas: MOST_GAS }),
    sendTransaction: () => Promise.reject(new Error('the gateway deploys no wallets')),
    waitForTransactionReceipt: ({ hash }) => finalReceipt(chain, hash, settleDepth),
  });
  const network = caip2(deployment.chainId);
  // It has no key to claim or refund with: that is the vault's own.
  return new x402Facilitator()
    .register(network, exact(signer, facilitating))
    .register(network, new BatchSettlementEvmScheme(signer));
}
