import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import { LanguageModel } from '@oml/onnx/language-model';
import { nodeEngine } from '@oml/onnx/runner-node';
import { readTokenizer } from '@oml/onnx/tokenizer';
import { OmlError } from '@oml/protocol/error';
import { uint } from '@oml/protocol/wire';
import type { Chain } from '@oml/service/chain';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Address } from 'viem';
import { z } from 'zod';

/** One entry of DATA_DIR/licenses.json. */
export const listingSchema = z.object({
  /** Name under which buyers ask for it. */
  model: z.string().min(1).max(120),
  kind: z.enum(['language', 'classifier']),
  licenseId: uint,
  /** Of one call, in the token's smallest unit. */
  price: uint,
  /** Folder of the edition's files, relative to DATA_DIR. */
  folder: z.string().min(1),
});
export type Listing = z.output<typeof listingSchema>;

export interface ServedModel extends Omit<Listing, 'folder'> {
  modelId: bigint;
  vault: Address;
  engine: LanguageModel | Classifier;
  /** Names of a classifier's classes. */
  labels: string[];
}

export const LISTINGS_FILE = 'licenses.json';

/** The listings of a data folder. Throws NOT_FOUND where there are none yet. */
export function readListings(dataDir: string): Listing[] {
  try {
    return z.array(listingSchema).parse(JSON.parse(readFileSync(join(dataDir, LISTINGS_FILE), 'utf8')));
  } catch (cause) {
    throw new OmlError('NOT_FOUND', `No readable ${LISTINGS_FILE} in the data folder: take a license first (src/onboard.ts).`, { cause });
  }
}

/** Opens every listed edition, under the terms of its license. Throws LICENSE_NOT_ACTIVE, ENV_INVALID, and what the engine throws. */
export async function openModels(dataDir: string, account: Address, chain: Pick<Chain, 'publicClient' | 'deployment'>): Promise<ServedModel[]> {
  return Promise.all(
    readListings(dataDir).map(async ({ folder, ...listing }) => {
      const license = await readLicense(listing, account, chain);
      return { ...listing, ...license, ...(await openEdition(resolve(dataDir, folder), listing.kind)) };
    }),
  );
}

const SERVING = new Set([2, 3]);

async function readLicense({ licenseId, price, model }: Omit<Listing, 'folder'>, account: Address, { publicClient, deployment: { contracts } }: Pick<Chain, 'publicClient' | 'deployment'>) {
  const license = await publicClient.readContract({ address: contracts.licenseRegistry, abi: licenseRegistryAbi, functionName: 'license', args: [licenseId] });
  if (license.account !== account || !SERVING.has(license.state))
    throw new OmlError('LICENSE_NOT_ACTIVE', `License ${licenseId} (${model}) is not an active license of ${account}.`, { details: { licenseId: String(licenseId) } });
  const { floorPrice } = await publicClient.readContract({ address: contracts.modelRegistry, abi: modelRegistryAbi, functionName: 'termsOf', args: [license.modelId] });
  if (price < floorPrice) throw new OmlError('ENV_INVALID', `${model} is listed at ${price}; its terms ask for at least ${floorPrice}.`);
  return { modelId: license.modelId, vault: license.vault };
}

interface EditionConfig {
  max_position_embeddings?: number;
  id2label?: Record<string, string>;
  labels?: string[];
}

async function openEdition(folder: string, kind: Listing['kind']): Promise<Pick<ServedModel, 'engine' | 'labels'>> {
  const model = new Uint8Array(await readFile(join(folder, 'model.onnx')));
  const config = ((await readJson(join(folder, 'config.json'))) ?? {}) as EditionConfig;
  const engine = nodeEngine();
  if (kind === 'classifier') {
    const classifier = await Classifier.open({ model }, engine);
    const labels = Array.from({ length: classifier.classes }, (_, i) => config.id2label?.[i] ?? config.labels?.[i] ?? String(i));
    return { engine: classifier, labels };
  }
  const tokenizer = readTokenizer(await readJson(join(folder, 'tokenizer.json')), await readJson(join(folder, 'tokenizer_config.json')));
  const { max_position_embeddings: contextLength } = config;
  return { engine: await LanguageModel.open({ model, tokenizer, ...(contextLength ? { contextLength } : {}) }, engine), labels: [] };
}

async function readJson(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : JSON.parse(text);
}
