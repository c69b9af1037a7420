import {
  claimCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  revenueVaultAbi,
  termsRegistryAbi,
  titleBondsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import {
  getAddress,
  parseEventLogs,
  type Abi,
  type AbiEvent,
  type Address,
  type ContractEventName,
  type GetEventArgs,
  type Hex,
  type Log,
} from 'viem';

/** Where an event stands on the chain. */
export interface Place {
  blockNumber: bigint;
  blockHash: Hex;
  logIndex: number;
  tx: Hex;
  /** The transaction's call data, where it went to the court directly. */
  input?: Hex;
  address: Address;
  topic?: Hex;
  at: Date;
}

type NamedEvent<Source extends string, A extends Abi> = {
  [Name in ContractEventName<A>]: {
    source: Source;
    eventName: Name;
    args: GetEventArgs<A, Name, { EnableUnion: false; IndexedOnly: false; Required: true }>;
  };
}[ContractEventName<A>];

export type TermsEvent = Place & NamedEvent<'terms', typeof termsRegistryAbi>;
export type ModelEvent = Place & NamedEvent<'models', typeof modelRegistryAbi>;
export type LicenseEvent = Place & NamedEvent<'licenses', typeof licenseRegistryAbi>;
export type VaultEvent = Place & NamedEvent<'vault', typeof revenueVaultAbi>;
export type VerifierEvent = Place & NamedEvent<'verifiers', typeof verifierRegistryAbi>;
export type TitleEvent = Place & NamedEvent<'titles', typeof titleBondsAbi>;
export type CourtEvent = Place & NamedEvent<'court', typeof claimCourtAbi>;
export type OmlEvent = TermsEvent | ModelEvent | LicenseEvent | VaultEvent | VerifierEvent | TitleEvent | CourtEvent;

/** Vaults are found by their events, whoever logs them: there is one vault per license. */
export const VAULT_EVENTS: AbiEvent[] = revenueVaultAbi.filter((item) => item.type === 'event');

/** Addresses whose every event is read. */
export function registries({ contracts }: Deployment): Address[] {
  return [
    contracts.termsRegistry,
    contracts.modelRegistry,
    contracts.licenseRegistry,
    contracts.verifierRegistry,
    contracts.titleBonds,
    contracts.claimCourt,
  ];
}

/**
 * Decodes one log by the contract that wrote it; whatever stands at another address is taken for a vault's. Undefined
 * if it fits no event.
 */
export function decodeEvent(
  log: Log<bigint, number, false>,
  { contracts }: Deployment,
  place: Pick<Place, 'at' | 'input'>,
): OmlEvent | undefined {
  const { source, abi } = sourceOf(log.address, contracts);
  const [decoded] = parseEventLogs({ abi: abi as Abi, logs: [log], strict: true });
  if (!decoded) return undefined;
  const { eventName, args, blockNumber, blockHash, logIndex, transactionHash: tx } = decoded;
  const topic = log.topics[1];
  return {
    source,
    eventName,
    args,
    blockNumber,
    blockHash,
    logIndex,
    tx,
    address: getAddress(log.address),
    ...(topic ? { topic } : {}),
    ...place,
  } as unknown as OmlEvent;
}

function sourceOf(address: Address, contracts: Deployment['contracts']): { source: OmlEvent['source']; abi: Abi } {
  switch (address.toLowerCase()) {
    case contracts.termsRegistry.toLowerCase():
      return { source: 'terms', abi: termsRegistryAbi };
    case contracts.modelRegistry.toLowerCase():
      return { source: 'models', abi: modelRegistryAbi };
    case contracts.licenseRegistry.toLowerCase():
      return { source: 'licenses', abi: licenseRegistryAbi };
    case contracts.verifierRegistry.toLowerCase():
      return { source: 'verifiers', abi: verifierRegistryAbi };
    case contracts.titleBonds.toLowerCase():
      return { source: 'titles', abi: titleBondsAbi };
    case contracts.claimCourt.toLowerCase():
      return { source: 'court', abi: claimCourtAbi };
    default:
      return { source: 'vault', abi: revenueVaultAbi };
  }
}
