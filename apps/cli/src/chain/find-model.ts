import { modelRegistryAbi, namesAbi, termsRegistryAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { isName, nameId } from '@oml/protocol/evidence/name';
import type { Chain } from '@oml/service/chain';
import { fetchText } from '@oml/service/fetch-text';
import { guardFor } from '@oml/service/guarded-fetch';
import { isUnreachable } from '@oml/service/plain-error';
import type { Address } from 'viem';

/** A model on chain, with the name that its publisher gives it. */
export interface FoundModel {
  modelId: bigint;
  owner: Address;
  /** What its card says; undefined where its publisher does not answer. Anyone may take any name for a card. */
  name: string | undefined;
  /** Least amount of one call under a SERVE license; undefined where none is offered. */
  price: bigint | undefined;
  publisher: string;
}

const LIMITS = { timeoutMs: 5_000, maxBytes: 256 * 1024 };
const AT_ONCE = 8;

/** Every model of a deployment, by id. */
export async function listModels(chain: Chain): Promise<FoundModel[]> {
  const registry = { address: chain.deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const count = await chain.publicClient.readContract({ ...registry, functionName: 'modelCount' });
  const ids = Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1));
  const models: FoundModel[] = [];
  for (let i = 0; i < ids.length; i += AT_ONCE)
    models.push(...(await Promise.all(ids.slice(i, i + AT_ONCE).map((modelId) => readModel(chain, modelId)))));
  return models;
}

/**
 * The model that somebody means: by its id, by a name that was registered for it, or by what its card says. Throws
 * NOT_FOUND, and CONFLICT where several cards say the same.
 */
export async function findModel(chain: Chain, text: string): Promise<FoundModel> {
  if (/^\d{1,77}$/.test(text)) return readModel(chain, BigInt(text));
  if (isName(text)) {
    const names = { address: chain.deployment.contracts.names, abi: namesAbi } as const;
    const [, modelId] = await chain.publicClient.readContract({
      ...names,
      functionName: 'resolve',
      args: [nameId(text)],
    });
    if (modelId > 0n) return readModel(chain, modelId);
  }
  const models = await listModels(chain);
  const found = models.filter(({ name }) => name?.toLowerCase() === text.toLowerCase());
  if (found.length === 1) return found[0]!;
  if (found.length === 0)
    throw new OmlError('NOT_FOUND', `No model is called "${text}": oml model list lists what there is.`);
  const which = found.map(({ modelId, owner }) => `${modelId} of ${owner}`).join(', ');
  throw new OmlError('CONFLICT', `Several models are called "${text}": give the id of the one you mean (${which}).`);
}

async function readModel(chain: Chain, modelId: bigint): Promise<FoundModel> {
  const { publicClient, deployment } = chain;
  const registry = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const read = { ...registry, args: [modelId] } as const;
  const [{ uri, offers }, owner] = await Promise.all([
    publicClient.readContract({ ...read, functionName: 'model' }),
    publicClient.readContract({ ...read, functionName: 'ownerOf' }),
  ]).catch((cause: unknown) => {
    if (isUnreachable(cause)) throw cause;
    throw new OmlError('NOT_FOUND', `There is no model ${modelId}: oml model list lists what there is.`, { cause });
  });
  const termsId = offers[TERMS_KIND.SERVE] ?? 0;
  const terms = { address: deployment.contracts.termsRegistry, abi: termsRegistryAbi } as const;
  const [name, offer] = await Promise.all([
    nameOf(uri, modelId, deployment),
    termsId === 0 ? undefined : publicClient.readContract({ ...terms, functionName: 'terms', args: [termsId] }),
  ]);
  return { modelId, owner, name, price: offer?.price, publisher: uri };
}

/** What the card says, on one line; a publisher that does not answer names nothing. */
async function nameOf(uri: string, modelId: bigint, deployment: Deployment): Promise<string | undefined> {
  const { name } = await published(uri, modelId, deployment);
  return typeof name === 'string' ? oneLine(name) : undefined;
}

/** The Markdown of its card; empty where its publisher does not answer. */
export async function cardText(
  { deployment }: Pick<Chain, 'deployment'>,
  { publisher, modelId }: Pick<FoundModel, 'publisher' | 'modelId'>,
): Promise<string> {
  const { card } = await published(publisher, modelId, deployment);
  return typeof card === 'string' ? card : '';
}

async function published(uri: string, modelId: bigint, deployment: Deployment): Promise<Record<string, unknown>> {
  try {
    const text = await fetchText(`${uri.replace(/\/+$/, '')}/models/${modelId}`, guardFor(deployment, LIMITS));
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** A stranger's words on one line, without marks that make a terminal show something else. */
const oneLine = (text: string): string | undefined =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Z}]+/gu, ' ')
    .trim()
    .slice(0, 120) || undefined;
