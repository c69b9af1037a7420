import type { SignedMeasurement } from '@oml/protocol/wire/measurement';
import type {
  blamesAbi,
  blockBeaconAbi,
  claimCourtAbi,
  committeesAbi,
  inspectionPoolsAbi,
  leakCourtAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  namesAbi,
  revenueVaultAbi,
  termsRegistryAbi,
  titleBondsAbi,
  verifierRegistryAbi,
} from '@oml/contracts/abis';
import type { Abi, Address, ContractEventName, GetEventArgs, Hex } from 'viem';
import type { Transaction } from './client.ts';
import { toJson } from './storable.ts';

/** What a transaction carried behind the call that anchored it, its signature checked by whoever read it. */
export interface CarriedMeasurement {
  digest: Hex;
  signed: SignedMeasurement;
}

/** Where an event stands on the chain. */
export interface Place {
  blockNumber: bigint;
  blockHash: Hex;
  logIndex: number;
  tx: Hex;
  /** Topics of earlier events that belong to this one's claim: they carry no claim id, but its call data names them. */
  earlier?: Hex[];
  /** What the call that anchored carries behind its arguments. */
  measurement?: CarriedMeasurement;
  /** Digests of the receipts that it accuses, in their order: they hang on the chain and the court. */
  digests?: Hex[];
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
/** Every beacon logs the same. */
export type BeaconEvent = Place & NamedEvent<'beacon', typeof blockBeaconAbi>;
export type PoolEvent = Place & NamedEvent<'pools', typeof inspectionPoolsAbi>;
export type CourtEvent = Place & NamedEvent<'court', typeof claimCourtAbi>;
export type LeakCourtEvent = Place & NamedEvent<'leaks', typeof leakCourtAbi>;
export type CommitteeEvent = Place & NamedEvent<'committees', typeof committeesAbi>;
export type BlameEvent = Place & NamedEvent<'blames', typeof blamesAbi>;
export type NameEvent = Place & NamedEvent<'names', typeof namesAbi>;
export type OmlEvent =
  | TermsEvent
  | ModelEvent
  | LicenseEvent
  | VaultEvent
  | VerifierEvent
  | TitleEvent
  | CourtEvent
  | BeaconEvent
  | PoolEvent
  | LeakCourtEvent
  | CommitteeEvent
  | BlameEvent
  | NameEvent;

/** An event of the given name. */
export type Named<Event extends OmlEvent, Name extends Event['eventName']> = Event & { eventName: Name };

/** Keeps events as the chain logged them. */
export async function storeEvents(tx: Transaction, events: OmlEvent[]): Promise<void> {
  await tx.event.createMany({ data: events.map(toStored) });
}

function toStored(event: OmlEvent) {
  const { blockNumber, logIndex, blockHash, tx, address, eventName, topic, at } = event;
  return {
    blockNumber,
    logIndex,
    blockHash,
    tx,
    address,
    name: eventName,
    topic: topic ?? null,
    args: toJson(event.args ?? {}) as object,
    at,
  };
}
