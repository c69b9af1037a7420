import { hashTypedData, type Address, type Hex, type LocalAccount } from 'viem';
import { anchorTree } from '../evidence/anchor.ts';
import { measurementHash, type Measurement, type SignedMeasurement } from '../wire/measurement.ts';
import { omlDomain } from './domain.ts';
import type { Adjudicator } from './receipt.ts';
import { recoverStrict } from './strict-signature.ts';

export const MEASUREMENT_TYPES = {
  Measurement: [
    { name: 'by', type: 'address' },
    { name: 'method', type: 'string' },
    { name: 'release', type: 'bytes32' },
    { name: 'data', type: 'bytes32' },
    { name: 'contents', type: 'bytes32' },
    { name: 'measuredAt', type: 'uint256' },
  ],
} as const;

/** A measurement and who stands for it: two who find the same in the same second say two things. */
export type Said = Pick<SignedMeasurement, 'measurement' | 'by'>;

/** The EIP-712 message by which somebody stands for a measurement, of the court that anchors it. */
export function measurementTypedData({ measurement, by }: Said, { chainId, court }: Adjudicator) {
  const { method, release, data, measuredAt } = measurement;
  return {
    domain: omlDomain(chainId, court),
    types: MEASUREMENT_TYPES,
    primaryType: 'Measurement',
    message: {
      by,
      method: `${method.name}/${method.version}`,
      release,
      data: data.digest,
      contents: measurementHash(measurement),
      measuredAt: BigInt(measuredAt),
    },
  } as const;
}

/** EIP-712 digest of a measurement that somebody stands for: its name wherever it lies. */
export const measurementDigest = (said: Said, adjudicator: Adjudicator): Hex =>
  hashTypedData(measurementTypedData(said, adjudicator));

/** What is anchored of one measurement: the root of the tree whose only leaf is its digest. */
export const measurementRoot = (digest: Hex): Hex => anchorTree([digest]).root as Hex;

/** Signs a measurement. */
export async function signMeasurement(
  measurement: Measurement,
  by: LocalAccount,
  adjudicator: Adjudicator,
): Promise<SignedMeasurement> {
  const said = { measurement, by: by.address };
  return { ...said, signature: await by.signTypedData(measurementTypedData(said, adjudicator)) };
}

/** Who signed it: another than it names, where it was not that one. Throws SIGNATURE_INVALID. */
export function measurementSigner(signed: SignedMeasurement, adjudicator: Adjudicator): Promise<Address> {
  return recoverStrict(measurementDigest(signed, adjudicator), signed.signature);
}
