import { devDollarAbi, licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { openSealed, sealingKeyPair } from '@oml/service/seal';
import { until } from '@oml/service/wait';
import { gunzipSync } from 'node:zlib';
import { keccak256, sha256, stringToHex, type Hex } from 'viem';
import { KEYS } from './actors.ts';
import { PATIENCE_MS, SEED, type PublisherOnChain } from './publisher-on-chain.ts';

const BOND = 200_000_000n;

/** Gives a host, HOST unless said, a bond for all its licenses. */
export async function bondHost({ chain }: PublisherOnChain, key: Hex = KEYS.HOST): Promise<void> {
  const host = chain.as(key);
  const { address } = host.account!;
  const { token, licenseRegistry } = chain.deployment.contracts;
  const dollars = { address: token, abi: devDollarAbi } as const;
  await host.send({ ...dollars, functionName: 'mint', args: [address, BOND] });
  await host.send({ ...dollars, functionName: 'approve', args: [licenseRegistry, BOND] });
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  await host.send({ ...registry, functionName: 'depositBond', args: [address, BOND] });
}

/** A host, HOST unless said, accepts what a model offers of a kind, to hosts unless said. Returns the license. */
export async function acceptAsHost(
  { chain }: PublisherOnChain,
  modelId: bigint,
  { key = KEYS.HOST, kind = TERMS_KIND.SERVE }: { key?: Hex; kind?: number } = {},
): Promise<bigint> {
  const host = chain.as(key);
  const { licenseRegistry: address, modelRegistry } = chain.deployment.contracts;
  const { publicKey: encryptionKey } = await sealingKeyPair(SEED);
  const models = { address: modelRegistry, abi: modelRegistryAbi } as const;
  const termsId = await host.publicClient.readContract({ ...models, functionName: 'offerOf', args: [modelId, kind] });
  const hostSalt = keccak256(stringToHex('host'));
  const params = { modelId, termsId, deposit: 0n, endpoint: 'http://127.0.0.1:4301', encryptionKey, hostSalt };
  await host.send({ address, abi: licenseRegistryAbi, functionName: 'accept', args: [params] });
  return host.publicClient.readContract({ address, abi: licenseRegistryAbi, functionName: 'licenseCount' });
}

/** What the registry knows of a license. */
export function licenseOf({ chain }: PublisherOnChain, licenseId: bigint) {
  const { licenseRegistry: address } = chain.deployment.contracts;
  const { publicClient } = chain.as(KEYS.OUTSIDER);
  return publicClient.readContract({ address, abi: licenseRegistryAbi, functionName: 'license', args: [licenseId] });
}

/** An edition as HOST opens it. */
export interface HeldEdition {
  files: Record<string, string>;
  /** The digest of its weights, as the chain names it. */
  editionRoot: Hex;
  fileDigest: Hex;
}

/** Waits until the publisher hands out the edition of a license whose weights the chain names, and opens it. */
export async function fetchAsHost(on: PublisherOnChain, licenseId: bigint, release = 1): Promise<HeldEdition> {
  const sealed = await until(
    'the edition',
    async () => {
      if ((await licenseOf(on, licenseId)).delivered < release) return undefined;
      const answer = await on.publisher.app.request(`/editions/${licenseId}`);
      return answer.status === 200 ? new Uint8Array(await answer.arrayBuffer()) : undefined;
    },
    { timeoutMs: PATIENCE_MS },
  );
  const packed = await openSealed(await sealingKeyPair(SEED), sealed, editionSealInfo(licenseId));
  const { files } = JSON.parse(gunzipSync(packed).toString()) as { files: Record<string, string> };
  const model = new Uint8Array(Buffer.from(files['model.onnx']!, 'base64'));
  return { files, editionRoot: await weightsDigest(readModel(model)), fileDigest: sha256(packed) };
}

/** HOST takes up what was delivered. */
export async function activateAsHost({ chain }: PublisherOnChain, licenseId: bigint): Promise<void> {
  const { licenseRegistry: address } = chain.deployment.contracts;
  await chain.as(KEYS.HOST).send({ address, abi: licenseRegistryAbi, functionName: 'activate', args: [licenseId] });
}
