import {
  batchSettlementAbi,
  drandBeaconAbi,
  inspectionPoolsAbi,
  claimCourtAbi,
  blamesAbi,
  committeesAbi,
  devDollarAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  namesAbi,
  omlErrorsAbi,
  parametersAbi,
  revenueVaultAbi,
  termsRegistryAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { decodeErrorResult, decodeEventLog, decodeFunctionData, type Abi, type Address, type Hex } from 'viem';

export interface KnownContract {
  name: string;
  abi: Abi;
}

/** A call, event or error by name and arguments; values as text. */
export interface Decoded {
  name: string;
  args: readonly (readonly [name: string, value: string])[];
}

/**
 * The contract behind an address. Vaults are clones without an address of their own in the deployment: anything unknown
 * is read as one.
 */
export function contractAt({ contracts }: Deployment, address: Address): KnownContract {
  const known: Record<string, KnownContract> = {
    [contracts.token.toLowerCase()]: { name: 'Dollar', abi: devDollarAbi },
    [contracts.parameters.toLowerCase()]: { name: 'Parameters', abi: parametersAbi },
    [contracts.termsRegistry.toLowerCase()]: { name: 'TermsRegistry', abi: termsRegistryAbi },
    [contracts.modelRegistry.toLowerCase()]: { name: 'ModelRegistry', abi: modelRegistryAbi },
    [contracts.licenseRegistry.toLowerCase()]: { name: 'LicenseRegistry', abi: licenseRegistryAbi },
    [contracts.verifierRegistry.toLowerCase()]: { name: 'VerifierRegistry', abi: verifierRegistryAbi },
    [contracts.beacon.toLowerCase()]: { name: 'Beacon', abi: drandBeaconAbi },
    [contracts.inspectionPools.toLowerCase()]: { name: 'InspectionPools', abi: inspectionPoolsAbi },
    [contracts.claimCourt.toLowerCase()]: { name: 'ClaimCourt', abi: claimCourtAbi },
    [contracts.leakCourt.toLowerCase()]: { name: 'LeakCourt', abi: leakCourtAbi },
    [contracts.committees.toLowerCase()]: { name: 'Committees', abi: committeesAbi },
    [contracts.blames.toLowerCase()]: { name: 'Blames', abi: blamesAbi },
    [contracts.names.toLowerCase()]: { name: 'Names', abi: namesAbi },
    [contracts.batchSettlement.toLowerCase()]: { name: 'Channels', abi: batchSettlementAbi },
  };
  return known[address.toLowerCase()] ?? { name: 'Vault', abi: revenueVaultAbi };
}

type Inputs = readonly { name?: string | undefined }[];

/** Call data by the contract's ABI; undefined where it is none of its functions. */
export function decodeCall({ abi }: KnownContract, data: Hex): Decoded | undefined {
  return attempt(() => {
    const { functionName, args } = decodeFunctionData({ abi, data });
    const item = abi.find(
      (entry) =>
        entry.type === 'function' && entry.name === functionName && entry.inputs.length === (args?.length ?? 0),
    );
    return { name: functionName, args: named(item && 'inputs' in item ? item.inputs : [], args ?? []) };
  });
}

/** A log by the contract's ABI; undefined where it is none of its events. */
export function decodeLog(
  { abi }: KnownContract,
  log: { topics: [Hex, ...Hex[]] | []; data: Hex },
): Decoded | undefined {
  return attempt(() => {
    const { eventName, args } = decodeEventLog({ abi, topics: log.topics, data: log.data });
    return {
      name: eventName ?? 'Event',
      args: Object.entries((args ?? {}) as unknown as Record<string, unknown>).map(
        ([name, value]) => [name, textOf(value)] as const,
      ),
    };
  });
}

/** Revert data by all of OML's errors. */
export function decodeRevert(data: Hex): Decoded | undefined {
  return attempt(() => {
    const { errorName, args, abiItem } = decodeErrorResult({ abi: omlErrorsAbi as Abi, data });
    return {
      name: errorName,
      args: named('inputs' in abiItem ? (abiItem.inputs ?? []) : [], (args ?? []) as readonly unknown[]),
    };
  });
}

function attempt<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch {
    return undefined;
  }
}

const named = (inputs: Inputs, values: readonly unknown[]) =>
  values.map((value, i) => [inputs[i]?.name || String(i), textOf(value)] as const);

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner), 1);
}
