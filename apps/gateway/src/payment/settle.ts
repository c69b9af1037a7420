import { x402Facilitator } from '@x402/core/facilitator';
import type { FacilitatorClient } from '@x402/core/server';
import type { PaymentPayload, PaymentRequirements, SettleResponse } from '@x402/core/types';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { caip2 } from '@oml/protocol/network';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import type { Address } from 'viem';
import type { GasAccount } from './gas-account.ts';
import type { Ledger, NewPayment } from './ledger.ts';
import { isBookable, type SentPayment, type TokenDomain } from './header.ts';
import { REASONS } from './refusal.ts';
import { findSettledTransfer, isAuthorizationUsed } from './settled-transfer.ts';

export interface Settling {
  chain: Chain;
  gas: GasAccount;
  ledger: Ledger;
  domain: TokenDomain;
  /** Blocks after which a payment counts as final. */
  confirmations: number;
  /** Whose broadcast of a payment is credited: ours alone, or anybody's if not named. */
  creditOnly: Address | undefined;
  logger: Logger;
}

/** What a payment is about to be used for, and the payment itself. */
export interface Settlement {
  sent: SentPayment;
  row: NewPayment;
}

const CONFIRMATION_TIMEOUT_MS = 30_000;
/** A stranger's broadcast of an authorization is credited if it is no older than this. */
const CREDIT_BLOCKS = 300n;

/** x402's facilitator inside this process, paid by the gas account. */
export function createFacilitator({
  chain: { publicClient, deployment },
  gas,
  confirmations,
}: Settling): x402Facilitator {
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

/**
 * Settles one payment for one use: refused before anything is broadcast if it would not be booked or was used before;
 * written down before
 * it is broadcast; credited also where somebody else broadcast it first, if that is allowed. It never throws, since
 * x402 would show the message to the client.
 */
export function settleOnce(
  facilitator: x402Facilitator,
  settling: Settling,
  { sent, row }: Settlement,
): FacilitatorClient {
  const { ledger, chain, domain, logger } = settling;
  const { authorization, paymentRef } = sent;
  const no = (errorReason: string, network: PaymentRequirements['network']): SettleResponse => ({
    success: false,
    errorReason,
    transaction: '',
    network,
    payer: authorization.from,
  });

  async function credit(
    network: PaymentRequirements['network'],
    sinceBlocks?: bigint,
  ): Promise<SettleResponse | undefined> {
    const tx = await findSettledTransfer(chain, authorization, { by: settling.creditOnly, sinceBlocks });
    if (!tx || !(ledger.find(paymentRef) ?? ledger.open(row))) return undefined;
    ledger.settle(paymentRef, tx);
    return { success: true, transaction: tx, network, payer: authorization.from };
  }

  async function settle(payload: PaymentPayload, wanted: PaymentRequirements): Promise<SettleResponse> {
    if (!ledger.find(paymentRef)) {
      if (!(await isBookable(sent, domain))) return no(REASONS.notBookable, wanted.network);
      if (await isAuthorizationUsed(chain, authorization)) {
        const creditable = settling.creditOnly === undefined && fitsExactly(sent, wanted);
        return (
          (creditable ? await credit(wanted.network, CREDIT_BLOCKS) : undefined) ?? no(REASONS.used, wanted.network)
        );
      }
      const { isValid, invalidReason } = await facilitator.verify(payload, wanted);
      if (!isValid) return no(invalidReason ?? REASONS.failed, wanted.network);
      if (!ledger.open(row)) return no(REASONS.used, wanted.network);
    }
    const { errorMessage, ...settled } = await facilitator.settle(payload, wanted);
    if (errorMessage) logger.warn({ paymentRef, reason: settled.errorReason }, 'a payment did not settle');
    if (settled.success) ledger.settle(paymentRef, settled.transaction as `0x${string}`);
    if (settled.success || settled.errorReason === 'settlement_pending') return settled;
    const credited = (await isAuthorizationUsed(chain, authorization)) ? await credit(wanted.network) : undefined;
    if (credited) return credited;
    if (mayStillLand(settled)) return no(REASONS.failed, wanted.network);
    ledger.drop(paymentRef);
    return (await isAuthorizationUsed(chain, authorization)) ? no(REASONS.used, wanted.network) : settled;
  }

  return {
    verify: (payload, wanted) => facilitator.verify(payload, wanted),
    getSupported: async () => facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
    settle: (payload, wanted) =>
      settle(payload, wanted).catch((error: unknown) => {
        logger.error({ err: error, paymentRef }, 'settling failed');
        return no(REASONS.failed, wanted.network);
      }),
  };
}

/** A send that failed without a transaction hash may have reached the node all the same. */
const mayStillLand = ({ errorReason, transaction }: SettleResponse): boolean =>
  transaction === '' && errorReason === 'invalid_exact_evm_transaction_failed';

function fitsExactly({ authorization }: SentPayment, { payTo, amount }: PaymentRequirements): boolean {
  const live = authorization.validBefore > BigInt(Math.floor(Date.now() / 1000));
  return live && authorization.to.toLowerCase() === payTo.toLowerCase() && authorization.value === BigInt(amount);
}
