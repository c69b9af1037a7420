import { OmlError } from '@oml/protocol/error';
import { chainIdOf } from '@oml/protocol/network';
import { address, uint } from '@oml/protocol/wire/scalars';
import type { Address } from 'viem';

/** One model at a host, as the host says; the chain says whether it is so. */
export interface HostedModel {
  model: string;
  kind: 'language' | 'classifier';
  licenseId: bigint;
  modelId: bigint;
  vault: Address;
  token: Address;
  /** Of one call, in the token's smallest unit. */
  price: bigint;
}

export interface HostInfo {
  chainId: number;
  account: Address;
  signer: Address;
  models: HostedModel[];
}

/** Asks a gateway what it serves, and for how much. Throws UNAVAILABLE where no gateway answers. */
export async function readHost(baseUrl: string, send: typeof fetch = fetch): Promise<HostInfo> {
  try {
    const response = await send(`${baseUrl}/.well-known/oml`);
    const json = (await response.json()) as {
      network: string;
      account: unknown;
      signer: unknown;
      models: Record<keyof HostedModel, unknown>[];
    };
    return {
      chainId: chainIdOf(json.network),
      account: address.parse(json.account),
      signer: address.parse(json.signer),
      models: json.models.map(readModel),
    };
  } catch (cause) {
    throw new OmlError('UNAVAILABLE', `There is no OML gateway at ${baseUrl}.`, { retryable: true, cause });
  }
}

function readModel(json: Record<keyof HostedModel, unknown>): HostedModel {
  return {
    model: String(json.model),
    kind: json.kind === 'classifier' ? 'classifier' : 'language',
    licenseId: uint.parse(json.licenseId),
    modelId: uint.parse(json.modelId),
    vault: address.parse(json.vault),
    token: address.parse(json.token),
    price: uint.parse(json.price),
  };
}
