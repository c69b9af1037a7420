import { x402Facilitator } from '@x402/core/facilitator';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { caip2 } from '@oml/protocol/network';
import type { Chain } from '@oml/service/chain';
import type { GasAccount } from './gas-account.ts';

const CONFIRMATION_TIMEOUT_MS = 30_000;

export interface Facilitating {
  chain: Chain;
  gas: GasAccount;
  /** Blocks after which a payment counts as final. */
  confirmations: number;
}

/** x402's facilitator inside this process, paid by the gas account. */
export function createFacilitator({ chain, gas, confirmations }: Facilitating): x402Facilitator {
  const { publicClient, deployment } = chain;
  const signer = toFacilitatorEvmSigner(
    {
      address: gas.address,
      readContract: (args) => publicClient.readContract(args as Parameters<typeof publicClient.readContract>[0]),
      verifyTypedData: (args) =>
        publicClient.verifyTypedData(args as Parameters<typeof publicClient.verifyTypedData>[0]),
      getCode: (args) => publicClient.getCode(args),
      writeContract: (args) => gas.write(args),
      sendTransaction: () => Promise.reject(new Error('the gateway deploys no wallets')),
      waitForTransactionReceipt: (args) => publicClient.waitForTransactionReceipt({ ...args, confirmations }),
    },
    { confirmationTimeoutMs: CONFIRMATION_TIMEOUT_MS },
  );
  return new x402Facilitator().register(
    caip2(deployment.chainId),
    new ExactEvmScheme(signer, { simulateInSettle: true }),
  );
}
