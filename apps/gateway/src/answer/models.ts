import { licenseRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import type { Correction } from '@oml/measure/calibration/correction';
import type { ProtectedCorpus } from '@oml/measure/recitation/recitation-watch';
import { readModelFacts } from '@oml/onnx/model-facts';
import { readModelConfig } from '@oml/onnx/model-folder';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { CALL_PATH, CHAT_PATH } from '@oml/protocol/wire/model-kind';
import { priceVersion, type Metered } from '@oml/protocol/wire/price';
import type { Chain } from '@oml/service/chain';
import type { Logger } from '@oml/service/logger';
import { resolve } from 'node:path';
import type { Address, Hex } from 'viem';
import type { Backend, Backends } from '../engine/backends.ts';
import { correctedEngine, type Corrections } from '../engine/corrections.ts';
import type { ModelEngine } from '../engine/engine.ts';
import { guardedEngine } from '../engine/guarded-engine.ts';
import { oipEngine } from '../engine/oip-engine.ts';
import { openAiEngine } from '../engine/openai-engine.ts';
import { openProcessEngine } from '../engine/process-engine.ts';
import { LISTINGS_FILE, readListings, type Listing } from '../license/listings.ts';

export interface ServedModel extends Omit<Listing, 'folder'> {
  modelId: bigint;
  vault: Address;
  /** Names what it costs: the digest of its price. */
  priceVersion: Hex;
  engine: ModelEngine;
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
  { backends, corrections = new Map(), guard, ...opening }: Served & Omit<Opening, 'backend'>,
): Promise<ServedModel[]> {
  const listings = readListings(dataDir);
  const names = new Set(listings.flatMap(({ model, licenseId }) => [model, String(licenseId)]));
  refuseStrays('BACKENDS', backends, names);
  refuseStrays('CORRECTIONS', corrections, names);
  return Promise.all(
    listings.map(async ({ folder, ...listing }) => {
      const { floorPrice, ...license } = await readLicense(listing, account, chain);
      const price = { price: listing.price, metered: listing.metered && notBelow(floorPrice, listing.metered) };
      const version = priceVersion(price, chain.deployment.contracts.token);
      const of = <T>(named: ReadonlyMap<string, T>) => named.get(listing.model) ?? named.get(String(listing.licenseId));
      const backend = of(backends);
      const edition = await openEdition(resolve(dataDir, folder), listing.kind, { ...opening, backend });
      const engine = mended(edition.engine, { guard, correction: of(corrections) });
      return { ...listing, ...price, priceVersion: version, ...license, ...edition, engine };
    }),
  );
}

/** How models are served, beside their own editions. */
interface Served {
  backends: Backends;
  corrections?: Corrections;
  /** What no answer recites. */
  guard?: ProtectedCorpus | undefined;
}

function refuseStrays(option: string, named: ReadonlyMap<string, unknown>, names: ReadonlySet<string>): void {
  const stray = [...named.keys()].find((name) => !names.has(name));
  if (stray === undefined) return;
  throw new OmlError(
    'ENV_INVALID',
    `${option} names "${stray.slice(0, 80)}", which is no model or license served here.`,
  );
}

/** An engine whose answers are looked at before they leave. Throws ENV_INVALID for a correction that cannot be. */
function mended(
  engine: ModelEngine,
  { guard, correction }: { guard: ProtectedCorpus | undefined; correction: Correction | undefined },
): ModelEngine {
  if (engine.kind === 'classifier') return correction ? correctedEngine(engine, correction) : engine;
  if (correction) throw new OmlError('ENV_INVALID', 'CORRECTIONS names a language model; classifiers are corrected.');
  return guard ? guardedEngine(engine, guard) : engine;
}

interface Opening {
  logger: Logger;
  /** How long the process of a model that has calls may say nothing. */
  silenceMs?: number;
  backend?: Backend | undefined;
}

/** A use below the floor price could never be booked; one that costs nothing would be none. */
function notBelow(floorPrice: bigint, metered: Metered): Metered {
  const least = [floorPrice, metered.least, 1n].reduce((most, each) => (each > most ? each : most));
  return { ...metered, least };
}

/** Where a model is asked, and how much it reads: what a client has to know before it pays. */
export function capabilitiesOf({ engine }: ServedModel): { endpoints: string[]; context_length?: number } {
  if (engine.kind === 'classifier') return { endpoints: [CALL_PATH.classifier] };
  const endpoints = [CALL_PATH.language, ...(engine.chatTemplate ? [CHAT_PATH] : [])];
  return { endpoints, context_length: engine.contextLength };
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
  return { modelId: license.modelId, vault: license.vault, floorPrice };
}

/**
 * Opens an edition, in a process of its own or at a backend. Throws MODEL_INVALID, ENV_INVALID, and what the engine
 * throws.
 */
export async function openEdition(
  folder: string,
  kind: Listing['kind'],
  { logger, silenceMs, backend }: Opening,
): Promise<Pick<ServedModel, 'engine' | 'labels'>> {
  const engine = backend
    ? await openBackend(folder, backend)
    : await openProcessEngine(folder, logger, silenceMs === undefined ? {} : { silenceMs });
  if (engine.kind !== kind)
    throw new OmlError('MODEL_INVALID', `The edition in ${LISTINGS_FILE} is listed as a ${kind} model and is none.`);
  if (engine.kind === 'language') return { engine, labels: [] };
  const { id2label, labels } = await readModelConfig(folder);
  return {
    engine,
    labels: Array.from({ length: engine.classes }, (_, i) => id2label?.[i] ?? labels?.[i] ?? String(i)),
  };
}

/** What is known of a model comes from its edition; another engine only runs it. */
async function openBackend(folder: string, backend: Backend): Promise<ModelEngine> {
  const facts = await readModelFacts(folder);
  if (facts.kind === 'language' && backend.kind === 'openai') return openAiEngine(facts, backend);
  if (facts.kind === 'classifier' && backend.kind === 'oip') return oipEngine(facts, backend);
  throw new OmlError(
    'ENV_INVALID',
    `BACKENDS has a ${facts.kind} model behind "${backend.kind}", which is for the other.`,
  );
}
