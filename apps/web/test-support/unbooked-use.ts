import { requestNonce } from '@oml/protocol/evidence/nonce';
import { exactPaymentRef } from '@oml/protocol/evidence/payment-ref';
import { receiptDigest, signReceipt, type Receipt } from '@oml/protocol/signed/receipt';
import { keccak256, stringToHex, type Hex } from 'viem';
import { keepReceipt } from '#call/kept-receipts.ts';
import { genesisOf } from '#tracker/look.ts';
import { accountOf, type Market } from './market.ts';

const word = (text: string): Hex => keccak256(stringToHex(text));

/** The buyer keeps the receipt of a use that its host was paid for, as it says, and never booked. */
export async function keepUnbookedUse(market: Market, licenseId: bigint): Promise<{ receipt: Receipt; digest: Hex }> {
  const { contracts, chainId } = market.deployment;
  const [client, nonceSalt] = [accountOf('BUYER').address, word('salt')];
  const receipt = {
    licenseId,
    client,
    requestNonce: requestNonce(client, nonceSalt),
    queryHash: word('query'),
    head: word('head'),
    responseHash: word('answer'),
    paymentRef: exactPaymentRef(contracts.token, client, word('never')),
    amount: 1_000n,
    cumulative: 1_000n,
    answeredAt: (await market.publicClient.getBlock()).timestamp,
  };
  const place = { chainId, court: contracts.claimCourt };
  const signedReceipt = await signReceipt(receipt, accountOf('SIGNER'), place);
  const shelf = { account: client, genesis: await genesisOf(market.publicClient) };
  keepReceipt(shelf, { signedReceipt, nonceSalt, model: 'tales' });
  return { receipt, digest: receiptDigest(receipt, place) };
}
