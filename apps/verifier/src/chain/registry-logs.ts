import { licenseRegistryAbi, modelRegistryAbi } from '@oml/contracts/abis';
import { createLogTail } from '@oml/program/log-tail';
import type { Chain } from '@oml/service/chain';

/** What the registries have said since they were deployed; each look reads only what is new. */
export type RegistryLogs = ReturnType<typeof registryLogs>;

export function registryLogs({ publicClient, deployment }: Chain) {
  const licenses = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi, strict: true } as const;
  const models = { address: deployment.contracts.modelRegistry, abi: modelRegistryAbi, strict: true } as const;
  const tail = { publicClient, startBlock: BigInt(deployment.deployedAtBlock) };
  return {
    accepted: createLogTail({
      ...tail,
      read: (range) => publicClient.getContractEvents({ ...licenses, ...range, eventName: 'LicenseAccepted' }),
    }),
    endpoints: createLogTail({
      ...tail,
      read: (range) => publicClient.getContractEvents({ ...licenses, ...range, eventName: 'EndpointChanged' }),
    }),
    minted: createLogTail({
      ...tail,
      read: (range) => publicClient.getContractEvents({ ...models, ...range, eventName: 'ModelMinted' }),
    }),
  };
}
