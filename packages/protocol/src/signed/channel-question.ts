import { hashTypedData, type Address, type Hex } from 'viem';
import { omlDomain } from './domain.ts';
import type { ChannelDomain } from './channel.ts';
import { recoverStrict, type Recover } from './strict-signature.ts';

/** What a client signs to hear from a host what is left in a channel. */
export interface ChannelQuestion {
  channelId: Hex;
  /** Unix seconds. */
  askedAt: bigint;
}

/** A question counts so long before and after the host's time, in seconds. */
export const QUESTION_TOLERANCE_S = 120;

const QUESTION_TYPES = {
  ChannelQuestion: [
    { name: 'channelId', type: 'bytes32' },
    { name: 'askedAt', type: 'uint256' },
  ],
} as const;

const typedData = ({ channelId, askedAt }: ChannelQuestion, { chainId, batchSettlement }: ChannelDomain) => ({
  domain: omlDomain(chainId, batchSettlement),
  types: QUESTION_TYPES,
  primaryType: 'ChannelQuestion' as const,
  message: { channelId, askedAt },
});

/** Signs with the channel's `payerAuthorizer`. */
export function signChannelQuestion(
  question: ChannelQuestion,
  signer: { signTypedData(message: ReturnType<typeof typedData>): Promise<Hex> },
  domain: ChannelDomain,
): Promise<Hex> {
  return signer.signTypedData(typedData(question, domain));
}

/** Who asks. Throws SIGNATURE_INVALID. */
export function channelQuestionSigner(
  question: ChannelQuestion,
  signature: Hex,
  domain: ChannelDomain,
  recover?: Recover,
): Promise<Address> {
  return recoverStrict(hashTypedData(typedData(question, domain)), signature, recover);
}
