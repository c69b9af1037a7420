import { devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { batchId as batchIdOf, openingHash, pairsTree, type BatchOpening } from '@oml/protocol/evidence/batch';
import { connectBeacon } from '@oml/service/beacon';
import { sealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { keccak256, toHex, zeroHash, type Hex } from 'viem';
import { HOST, KEYS, VERIFIER } from './actors.ts';
import { SEED, type PublisherOnChain } from './publisher-on-chain.ts';

/** Where batches are: no publisher is needed for them. */
type OnChain = Pick<PublisherOnChain, 'chain'>;

const registryOf = ({ chain }: OnChain) =>
  ({ address: chain.deployment.contracts.verifierRegistry, abi: verifierRegistryAbi }) as const;

/** A batch of VERIFIER that asks the first keys from where the beacon says, of HOST. */
export function openingOf(
  of: Pick<BatchOpening, 'modelId' | 'release'>,
  changed: Partial<BatchOpening> = {},
): BatchOpening {
  const { itemCount = 8 } = changed;
  const pairs = Array.from({ length: itemCount }, (_, i) => ({
    client: VERIFIER.address,
    requestNonce: toHex(i, { size: 32 }),
  }));
  const root = pairsTree(pairs).root as Hex;
  const rest = { account: HOST.address, licenseIds: [4n], itemCount, pairsRoot: root, salt: keccak256('0x01') };
  return { ...rest, ...of, ...changed };
}

/** VERIFIER stakes. */
export async function stakeVerifier(on: OnChain): Promise<void> {
  const verifier = on.chain.as(KEYS.VERIFIER);
  const token = { address: on.chain.deployment.contracts.token, abi: devDollarAbi } as const;
  const registry = registryOf(on);
  await verifier.send({ ...token, functionName: 'mint', args: [VERIFIER.address, 100_000_000n] });
  await verifier.send({ ...token, functionName: 'approve', args: [registry.address, 100_000_000n] });
  const { publicKey } = await sealingKeyPair(SEED);
  await verifier.send({ ...registry, functionName: 'stake', args: [20_000_000n, publicKey] });
}

/** VERIFIER commits a batch; its id. */
export async function commitBatch(on: OnChain, opening: BatchOpening): Promise<Hex> {
  const call = { ...registryOf(on), functionName: 'commitBatch', args: [openingHash(opening)] };
  await on.chain.as(KEYS.VERIFIER).send(call);
  return batchIdOf(VERIFIER.address, opening);
}

/** Waits for the beacon of a batch, posted by VERIFIER; its value. */
export async function drawBatch(on: OnChain, batchId: Hex): Promise<Hex> {
  const beacon = connectBeacon({ chain: on.chain.as(KEYS.VERIFIER), chainHash: zeroHash });
  const { value } = await until('the beacon', async () => beacon.valueOf((await batchOf(on, batchId)).round));
  return value;
}

/** VERIFIER opens a batch that is drawn. */
export async function openBatch(on: OnChain, opening: BatchOpening): Promise<void> {
  await on.chain.as(KEYS.VERIFIER).send({ ...registryOf(on), functionName: 'openBatch', args: [opening] });
}

export const batchOf = (on: OnChain, batchId: Hex) =>
  on.chain.as(KEYS.OUTSIDER).publicClient.readContract({ ...registryOf(on), functionName: 'batch', args: [batchId] });
