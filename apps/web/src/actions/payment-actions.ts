import type { Deployment } from '@oml/protocol/chain/deployment';
import { cancelTypedData } from '@oml/protocol/signed/authorization';
import { bookExactCall } from '@oml/sdk/booking';
import type { PublicClient, TypedDataDefinition } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, timeOf, type Action } from './action.ts';
import { contractsOf } from './contracts.ts';

/** An EIP-3009 authorization that was signed here, to pay a call. */
export interface SignedPayment {
  authorization: { from: Address; to: Address; value: bigint; validAfter: bigint; validBefore: bigint; nonce: Hex };
  signature: Hex;
}

/** Signs typed data with the connected wallet. */
export type Sign = (definition: TypedDataDefinition) => Promise<Hex>;

/** Was it used or cancelled, and can it still be? */
export async function readPayment(
  reader: Pick<PublicClient, 'readContract'>,
  deployment: Deployment,
  { authorization }: SignedPayment,
) {
  const { token } = contractsOf(deployment);
  const args = [authorization.from, authorization.nonce] as const;
  return { isUsed: await reader.readContract({ ...token, functionName: 'authorizationState', args }) };
}

/** What can be done about a payment that was signed and that nobody has taken: booked, or cancelled. */
export function paymentActions(
  reader: Pick<PublicClient, 'readContract'>,
  sign: Sign,
  deployment: Deployment,
  payment: SignedPayment,
): Action[] {
  const { token } = contractsOf(deployment);
  const { from, value, nonce, validBefore } = payment.authorization;
  const until = timeOf(validBefore)!;
  return [
    {
      id: `payment-cancel-${nonce}`,
      rows: [4],
      title: 'Cancel',
      effect: 'You signed this payment and nobody took it: cancelled, nobody ever can.',
      who: { accounts: [from], word: 'who signed it' },
      amount: value,
      until,
      steps: () => [
        {
          call: async () => {
            const [, name, version, chainId, verifyingContract] = await reader.readContract({
              ...token,
              functionName: 'eip712Domain',
            });
            const domain = { name, version, chainId: Number(chainId), verifyingContract };
            const signature = await sign(cancelTypedData({ authorizer: from, nonce }, domain));
            return callOf({ ...token, functionName: 'cancelAuthorization', args: [from, nonce, signature] } as never);
          },
        },
      ],
    },
    {
      id: `payment-book-${nonce}`,
      rows: [31],
      title: 'Book it',
      effect: 'You have the answer, and the host did not take the money: booking pays it, on the record.',
      who: 'anyone',
      amount: value,
      until,
      steps: only(callOf(bookExactCall(payment))),
    },
  ];
}
