import * as abis from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { AbiFunction, AbiParameter, Abi, Address } from 'viem';

/** Contracts that people call, by their names in a deployment; every license has a vault of its own. */
export const CONTRACTS = {
  token: abis.devDollarAbi,
  parameters: abis.parametersAbi,
  beacon: abis.drandBeaconAbi,
  termsRegistry: abis.termsRegistryAbi,
  modelRegistry: abis.modelRegistryAbi,
  licenseRegistry: abis.licenseRegistryAbi,
  revenueVault: abis.revenueVaultAbi,
  verifierRegistry: abis.verifierRegistryAbi,
  inspectionPools: abis.inspectionPoolsAbi,
  titleBonds: abis.titleBondsAbi,
  claimCourt: abis.claimCourtAbi,
  names: abis.namesAbi,
  committees: abis.committeesAbi,
  blames: abis.blamesAbi,
  leakCourt: abis.leakCourtAbi,
  batchSettlement: abis.batchSettlementAbi,
} as const satisfies Record<string, Abi>;

export type ContractName = keyof typeof CONTRACTS;

/** `contract.function`, apart. */
export function functionOf(call: `${ContractName}.${string}`): { contract: ContractName; calls: string } {
  const [contract, calls] = call.split('.') as [ContractName, string];
  return { contract, calls };
}

/** What a function takes. Throws where there is none: a table is wrong. */
export function inputsOf(contract: ContractName, calls: string): readonly AbiParameter[] {
  const found = (CONTRACTS[contract] as Abi).find(
    (item): item is AbiFunction => item.type === 'function' && item.name === calls,
  );
  if (!found) throw new TypeError(`${contract} has no function ${calls}.`);
  return found.inputs;
}

/** Where a contract stands that has one address. */
export function addressOf(contract: ContractName, { contracts }: Deployment): Address {
  if (contract === 'revenueVault') throw new TypeError('Every license has a vault of its own.');
  return contracts[contract];
}

/** What stands at an address, in words; undefined for everybody else. */
export function nameAt(address: Address, { contracts }: Deployment): string | undefined {
  return Object.entries(contracts).find(([, at]) => at.toLowerCase() === address.toLowerCase())?.[0];
}
