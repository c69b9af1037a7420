import type { PaymentPayload, PaymentRequirements, SettleResponse, VerifyResponse } from '@x402/core/types';
import type { FacilitatorEvmSigner } from '@x402/evm';
import { ExactEvmScheme } from '@x402/evm/exact/facilitator';
import { exactPayloadSchema } from '@oml/protocol/wire/exact-payload';
import { decodeRevert, type Chain } from '@oml/service/chain';
import { BaseError, type Hex } from 'viem';
import { BOOK_EXACT_GAS, bookExactCall } from '../vault/book-exact.ts';
import type { GasAccount } from './gas-account.ts';
import { createLook, type Look } from './look.ts';
import { hasMoved } from './settled-transfer.ts';
import { X402_REASONS } from './x402-reasons.ts';

/** What settling needs. */
export interface Facilitating {
  chain: Chain;
  gas: GasAccount;
  /** Blocks after which a payment counts as final. */
  settleDepth: number;
}

/** x402's `exact`, verified as x402 does and settled by the vault itself: the transaction that moves the money books it. */
export const createBookedExact = (signer: FacilitatorEvmSigner, facilitating: Facilitating): ExactEvmScheme =>
  new BookedExactScheme(signer, facilitating);

class BookedExactScheme extends ExactEvmScheme {
  readonly #facilitating: Facilitating;
  readonly #look: Look;

  constructor(signer: FacilitatorEvmSigner, facilitating: Facilitating) {
    super(signer);
    this.#facilitating = facilitating;
    this.#look = createLook(facilitating);
  }

  /** One request to the chain for a payment that is good; what is not, x402 looks at again and says why. */
  override async verify(payload: PaymentPayload, requirements: PaymentRequirements): Promise<VerifyResponse> {
    const payer = await this.#look.goodPayer(payload, requirements);
    return payer ? { isValid: true, payer } : super.verify(payload, requirements);
  }

  /** Sends `bookExact` and waits until it is final. Only the money's own Transfer is success: a used nonce is none. */
  override async settle(payload: PaymentPayload, requirements: PaymentRequirements): Promise<SettleResponse> {
    const { chain, gas, settleDepth } = this.#facilitating;
    const signed = exactPayloadSchema.parse(payload.payload);
    const parties = { network: requirements.network, payer: signed.authorization.from };
    const failed = (errorReason: string, transaction: Hex | '', error?: unknown): SettleResponse => ({
      success: false,
      errorReason,
      ...(error === undefined ? {} : { errorMessage: messageOf(error) }),
      transaction,
      ...parties,
    });
    let tx: Hex;
    try {
      const isSimulated = this.#look.isFresh(payload);
      tx = await gas.write(bookExactCall(signed), { gas: BOOK_EXACT_GAS, isSimulated });
    } catch (error) {
      const why = decodeRevert(error) && (await this.#whyRefused(payload, requirements));
      this.#look.over(payload);
      return failed(why ?? X402_REASONS.notSent, '', error);
    }
    try {
      const receipt = await gas.receipt(tx, { depth: settleDepth });
      if (receipt.status !== 'success') return failed(X402_REASONS.notSent, tx);
      // Somebody else broadcast it meanwhile, or its payer cancelled it: the vault books either, and moves nothing.
      if (!hasMoved(receipt, chain.deployment.contracts.token, signed.authorization))
        return failed(X402_REASONS.nonceUsed, tx);
      return { success: true, transaction: receipt.transactionHash, ...parties };
    } catch (error) {
      return failed(X402_REASONS.pending, tx, error);
    } finally {
      this.#look.over(payload);
    }
  }

  /**
   * Why the vault refused a payment, in x402's words. It reads them out of the token's messages, which another
   * contract's need not resemble; so it is asked to look at the chain again. Undefined where it sees nothing wrong.
   */
  async #whyRefused(payload: PaymentPayload, requirements: PaymentRequirements): Promise<string | undefined> {
    return (await this.verify(payload, requirements)).invalidReason;
  }
}

const messageOf = (error: unknown): string =>
  error instanceof BaseError ? error.shortMessage : error instanceof Error ? error.message : String(error);
