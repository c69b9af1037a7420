import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { publishedModelSchema, type PublishedModel } from '@oml/protocol/wire/published-model';
import { fetchText } from '@oml/service/fetch-text';
import type { Address } from 'viem';
import type { AuditContext } from './audit-context.ts';
import type { Served } from '../chain/hosts.ts';

/** Something that an account serves under another license than one on the suspected model. */
export interface Target {
  licenseId: bigint;
  modelId: bigint;
  model: string;
  kind: Served['kind'];
  url: string;
  /** Listed price of one call, in the token's smallest unit. */
  price: bigint;
}

/** Everything of the suspected model's kind that the account serves without naming that model. */
export async function findTargets(context: AuditContext, account: Address, modelId: bigint): Promise<Target[]> {
  const kind = await kindOf(context, modelId);
  const served = await servedElsewhere(context, account, modelId);
  return served
    .filter((entry) => entry.kind === kind)
    .map(({ licenseId, modelId: served, model, url, price }) => ({
      licenseId,
      modelId: served,
      model,
      kind,
      url,
      price,
    }));
}

/** What a model answers with, as its publisher says. Throws UNAVAILABLE. */
export const kindOf = async (context: Publishers, modelId: bigint): Promise<Served['kind']> =>
  (await publishedOf(context, modelId)).kind;

/** s of a model's keys, as its publication says; undefined where it says nothing. Throws UNAVAILABLE. */
export const survivalOf = async (context: Publishers, modelId: bigint): Promise<number | undefined> =>
  (await publishedOf(context, modelId)).report?.plan.survival;

type Publishers = Pick<AuditContext, 'hosts' | 'limits'>;

async function publishedOf({ hosts, limits }: Publishers, modelId: bigint): Promise<PublishedModel> {
  const { uri } = await hosts.model(modelId);
  const text = await fetchText(`${uri}/models/${modelId}`, limits).catch((cause: unknown) => {
    const retryable = isOmlError(cause) ? cause.retryable : true;
    throw new OmlError('UNAVAILABLE', 'The publisher does not say what kind of model this is.', { retryable, cause });
  });
  const { data } = publishedModelSchema.safeParse(jsonOf(text));
  if (data) return data;
  throw new OmlError('UNAVAILABLE', 'The publisher does not say what kind of model this is.', { retryable: false });
}

async function servedElsewhere({ hosts }: AuditContext, account: Address, modelId: bigint): Promise<Served[]> {
  const licenses = (await hosts.licenses({ account })).filter(({ state }) => state === LICENSE_STATE.ACTIVE);
  const others: Served[] = [];
  for (const license of licenses) {
    if (await hosts.isDescendant(license.modelId, modelId)) continue; // its receipts name the model: offence 1's affair
    others.push(...(await hosts.served(license)).filter((served) => served.licenseId === license.licenseId));
  }
  return others;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
