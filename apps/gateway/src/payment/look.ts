import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { devDollarAbi } from '@oml/contracts/abis';
import { exactPayloadSchema, type ExactPayload } from '@oml/protocol/wire/exact-payload';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address } from 'viem';
import { bookExactCall } from '../vault/book-exact.ts';
import type { GasAccount } from './gas-account.ts';
import { SECONDS_LEFT } from './refusal.ts';
import { isAuthorizationUsed } from './settled-transfer.ts';

/** Looks once at a payment before it is settled, and remembers for as long as that takes. */
export interface Look {
  /** Who pays, if nothing speaks against the payment; undefined: look closer. */
  goodPayer(payload: PaymentPayload, wanted: PaymentRequirements): Promise<Address | undefined>;
  /** Was it good a moment ago, so that it needs no other simulation? */
  isFresh(payload: PaymentPayload): boolean;
  /** It is settled, or is not: its money is not needed any more. */
  over(payload: PaymentPayload): void;
}

/** Money that is about to be taken from somebody. */
interface Held {
  payer: Address;
  value: bigint;
  until: number;
}

/** What is not being settled so long after the look never is. */
const FRESH_MS = 10_000;
const SETTLING_MS = 120_000;

/**
 * Everything about one payment in one request: whether its nonce is free, what its payer has, and whether the vault
 * would book it. Payments are sent side by side, so that none sees the other in the pool; what one payer is about to
 * pay is added up here, and who has too little for all of it is looked at one after another.
 */
export function createLook({
  chain,
  gas,
}: {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  gas: Pick<GasAccount, 'address' | 'prepare'>;
}): Look {
  const { publicClient, deployment } = chain;
  const held = new Map<PaymentPayload, Held>();
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;

  function heldOf(payer: Address): bigint {
    let sum = 0n;
    for (const [payload, each] of held) {
      if (each.until < Date.now()) held.delete(payload);
      else if (each.payer === payer) sum += each.value;
    }
    return sum;
  }

  async function isBacked({ authorization, signature }: ExactPayload): Promise<boolean> {
    const { from } = authorization;
    void gas.prepare();
    const [isUsed, balance] = await Promise.all([
      isAuthorizationUsed(chain, authorization),
      publicClient.readContract({ ...token, functionName: 'balanceOf', args: [from] }),
      publicClient.simulateContract({ ...bookExactCall({ authorization, signature }), account: gas.address }),
    ]);
    return !isUsed && balance >= heldOf(from);
  }

  return {
    async goodPayer(payload, wanted) {
      const { data: signed } = exactPayloadSchema.safeParse(payload.payload);
      if (!signed || payload.accepted.network !== wanted.network || !isAsked(signed, wanted)) return undefined;
      const { from: payer, value } = signed.authorization;
      held.set(payload, { payer, value, until: Date.now() + FRESH_MS });
      const isGood = await isBacked(signed).catch(() => false);
      if (isGood) return payer;
      held.delete(payload);
      return undefined;
    },
    isFresh(payload) {
      const mine = held.get(payload);
      if (!mine || mine.until < Date.now()) return false;
      mine.until = Date.now() + SETTLING_MS;
      return true;
    },
    over: (payload) => void held.delete(payload),
  };
}

/** By x402's own rule; the signature is the vault's business. */
function isAsked({ authorization }: ExactPayload, { payTo, amount }: PaymentRequirements): boolean {
  const { to, value, validAfter, validBefore } = authorization;
  const now = BigInt(Math.floor(Date.now() / 1000));
  return (
    isAddressEqual(to, payTo as Address) &&
    value === BigInt(amount) &&
    validAfter <= now &&
    validBefore >= now + SECONDS_LEFT
  );
}
