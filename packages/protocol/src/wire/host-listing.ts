import type { Address } from 'viem';
import { z } from 'zod';
import { caip2, chainIdOf } from '../network.ts';
import { meteredSchema, meteredToJson, type Metered } from './price.ts';
import { modelKind, type ModelKind } from './model-kind.ts';
import { address, uint } from './scalars.ts';

/** Where a host says what it serves, below its base URL. */
export const HOST_LISTING_PATH = '/.well-known/oml';

/** One model at a host, as the host says; the chain says whether it is so. */
export interface ListedModel {
  /** The name under which the host serves it. */
  model: string;
  kind: ModelKind;
  licenseId: bigint;
  modelId: bigint;
  vault: Address;
  token: Address;
  /** The most that a call costs, in the token's smallest unit; what each costs where it is not metered. */
  price: bigint;
  metered?: Metered | undefined;
}

export interface HostListing {
  chainId: number;
  account: Address;
  signer: Address;
  models: ListedModel[];
}

const network = z
  .string()
  .regex(/^eip155:[1-9][0-9]{0,15}$/, 'not an EVM network in CAIP-2 form')
  .transform(chainIdOf);

export const hostListingSchema = z
  .object({
    network,
    account: address,
    signer: address,
    models: z.array(
      z.object({
        model: z.string().min(1),
        kind: modelKind,
        licenseId: uint,
        modelId: uint,
        vault: address,
        token: address,
        price: uint,
        metered: meteredSchema.optional(),
      }),
    ),
  })
  .transform(({ network: chainId, ...listing }): HostListing => ({ chainId, ...listing }));
export type HostListingJson = z.input<typeof hostListingSchema>;

/** One model of a listing as JSON. */
export function listedModelToJson(listed: ListedModel): HostListingJson['models'][number] {
  const { model, kind, licenseId, modelId, vault, token, price, metered } = listed;
  const ids = { licenseId: String(licenseId), modelId: String(modelId) };
  return {
    model,
    kind,
    ...ids,
    vault,
    token,
    price: String(price),
    ...(metered ? { metered: meteredToJson(metered) } : {}),
  };
}

/** A host's listing as JSON. */
export function hostListingToJson({ chainId, account, signer, models }: HostListing): HostListingJson {
  return { network: caip2(chainId), account, signer, models: models.map(listedModelToJson) };
}

/** Reads a listing from untrusted JSON; undefined where it is not one. */
export function readHostListing(value: unknown): HostListing | undefined {
  return hostListingSchema.safeParse(value).data;
}
