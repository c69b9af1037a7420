import {
  batchSettlementAbi,
  blamesAbi,
  claimCourtAbi,
  committeesAbi,
  devDollarAbi,
  inspectionPoolsAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  namesAbi,
  parametersAbi,
  termsRegistryAbi,
  titleBondsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { PublicClient } from 'viem';

/** What facts are read with. */
export type Reader = Pick<PublicClient, 'readContract' | 'getCode' | 'getBlock'>;

/** Every contract of a deployment with its ABI. */
export const contractsOf = ({ contracts }: Pick<Deployment, 'contracts'>) =>
  ({
    token: { address: contracts.token, abi: devDollarAbi },
    parameters: { address: contracts.parameters, abi: parametersAbi },
    terms: { address: contracts.termsRegistry, abi: termsRegistryAbi },
    models: { address: contracts.modelRegistry, abi: modelRegistryAbi },
    licenses: { address: contracts.licenseRegistry, abi: licenseRegistryAbi },
    verifiers: { address: contracts.verifierRegistry, abi: verifierRegistryAbi },
    pools: { address: contracts.inspectionPools, abi: inspectionPoolsAbi },
    titles: { address: contracts.titleBonds, abi: titleBondsAbi },
    court: { address: contracts.claimCourt, abi: claimCourtAbi },
    names: { address: contracts.names, abi: namesAbi },
    committees: { address: contracts.committees, abi: committeesAbi },
    blames: { address: contracts.blames, abi: blamesAbi },
    leaks: { address: contracts.leakCourt, abi: leakCourtAbi },
    channels: { address: contracts.batchSettlement, abi: batchSettlementAbi },
  }) as const;
