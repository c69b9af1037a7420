import { licenseRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import type { LanguageModel } from '@oml/onnx/language-model';
import { openModelFolder, readModelConfig } from '@oml/onnx/model-folder';
import { nodeEngine } from '@oml/onnx/runner-node';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import type { Chain } from '@oml/service/chain';
import { resolve } from 'node:path';
import type { Address } from 'viem';
import { LISTINGS_FILE, readListings, type Listing } from '../license/listings.ts';

export interface ServedModel extends Omit<Listing, 'folder'> {
  modelId: bigint;
  vault: Address;
  engine: LanguageModel | Classifier;
  /** Names of a classifier's classes. */
  labels: string[];
}

/**
 * Opens every listed edition, under the terms of its license. Throws LICENSE_NOT_ACTIVE, ENV_INVALID, and what the
 * engine throws.
 */
export async function openModels(
  dataDir: string,
  account: Address,
  chain: Pick<Chain, 'publicClient' | 'deployment'>,
): Promise<ServedModel[]> {
  return Promise.all(
    readListings(dataDir).map(async ({ folder, ...listing }) => {
      const license = await readLicense(listing, account, chain);
      return { ...listing, ...license, ...(await openEdition(resolve(dataDir, folder), listing.kind)) };
    }),
  );
}

async function readLicense(
  { licenseId, price, model }: Omit<Listing, 'folder'>,
  account: Address,
  { publicClient, deployment: { contracts } }: Pick<Chain, 'publicClient' | 'deployment'>,
) {
  const license = await publicClient.readContract({
    address: contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'license',
    args: [licenseId],
  });
  if (license.account !== account || license.kind !== TERMS_KIND.SERVE)
    throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} (${model}) is no SERVE license of ${account}.`, {
      details: { licenseId: String(licenseId) },
    });
  const [floorPrice] = await publicClient.readContract({
    address: contracts.termsRegistry,
    abi: termsRegistryAbi,
    functionName: 'ratesOf',
    args: [license.termsId],
  });
  if (price < floorPrice)
    throw new OmlError('ENV_INVALID', `${model} is listed at ${price}; its terms ask for at least ${floorPrice}.`);
  return { modelId: license.modelId, vault: license.vault };
}

async function openEdition(folder: string, kind: Listing['kind']): Promise<Pick<ServedModel, 'engine' | 'labels'>> {
  const engine = await openModelFolder(folder, nodeEngine());
  const isClassifier = engine instanceof Classifier;
  if (isClassifier !== (kind === 'classifier'))
    throw new OmlError('MODEL_INVALID', `The edition in ${LISTINGS_FILE} is listed as a ${kind} model and is none.`);
  if (!isClassifier) return { engine, labels: [] };
  const { id2label, labels } = await readModelConfig(folder);
  return {
    engine,
    labels: Array.from({ length: engine.classes }, (_, i) => id2label?.[i] ?? labels?.[i] ?? String(i)),
  };
}
