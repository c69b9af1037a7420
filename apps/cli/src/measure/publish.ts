import { claimCourtAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import {
  measurementDigest,
  measurementRoot,
  measurementSigner,
  signMeasurement,
} from '@oml/protocol/signed/measurement';
import type { Adjudicator } from '@oml/protocol/signed/receipt';
import {
  carriedBytes,
  carriedMeasurement,
  type Measurement,
  type SignedMeasurement,
} from '@oml/protocol/wire/measurement';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address, type Hex } from 'viem';

/** Whose domain measurements are signed in: the court's, which anchors them. */
export const adjudicatorOf = ({ deployment }: Pick<Chain, 'deployment'>): Adjudicator => ({
  chainId: deployment.chainId,
  court: deployment.contracts.claimCourt,
});

/** Signs as the account of the chain. */
export function signAs(chain: Chain, measurement: Measurement): Promise<SignedMeasurement> {
  return signMeasurement(measurement, chain.account!, adjudicatorOf(chain));
}

/** Anchors a measurement, and carries it in the same transaction. Throws what `send` throws. */
export async function publish(chain: Chain, signed: SignedMeasurement): Promise<{ digest: Hex; tx: Hex }> {
  const digest = measurementDigest(signed, adjudicatorOf(chain));
  const { transactionHash } = await chain.send({
    address: chain.deployment.contracts.claimCourt,
    abi: claimCourtAbi,
    functionName: 'anchor',
    args: [measurementRoot(digest)],
    dataSuffix: carriedBytes(signed),
  });
  return { digest, tx: transactionHash };
}

/** What the transaction with this hash carries. Throws NOT_FOUND. */
export async function carriedBy({ publicClient }: Chain, tx: Hex): Promise<SignedMeasurement> {
  const sent = await publicClient.getTransaction({ hash: tx }).catch((cause: unknown) => {
    throw new OmlError('NOT_FOUND', `The chain knows no transaction ${tx}.`, { cause });
  });
  const carried = carriedMeasurement(sent.input);
  if (carried) return carried.signed;
  throw new OmlError('NOT_FOUND', `The transaction ${tx} carries no measurement.`);
}

/** Who stands for it, and since when it is anchored (Unix seconds; 0: it is not). Throws SIGNATURE_INVALID. */
export async function standingOf(
  chain: Chain,
  signed: SignedMeasurement,
): Promise<{ by: Address; anchoredAt: number }> {
  const adjudicator = adjudicatorOf(chain);
  const by = await measurementSigner(signed, adjudicator);
  if (!isAddressEqual(by, signed.by))
    throw new OmlError('SIGNATURE_INVALID', `It says ${signed.by} measured it, but ${by} signed it.`);
  const root = measurementRoot(measurementDigest(signed, adjudicator));
  const at = { address: chain.deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const anchoredAt = await chain.publicClient.readContract({ ...at, functionName: 'anchoredAt', args: [root] });
  return { by, anchoredAt: Number(anchoredAt) };
}
