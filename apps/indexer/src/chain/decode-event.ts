import {
  blockBeaconAbi,
  claimCourtAbi,
  blamesAbi,
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
import type { CourtEvent, OmlEvent } from '@oml/db/events';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { receiptDigest } from '@oml/protocol/signed/receipt';
import { getAddress, parseEventLogs, type Abi, type AbiEvent, type Address, type Hex, type Log } from 'viem';
import { earlierTopics } from './earlier-topics.ts';

/** The block and, where it went to the court directly, the call data of the transaction that logged an event. */
interface Origin {
  at: Date;
  input?: Hex;
}

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
    contracts.beacon,
    contracts.inspectionPools,
    contracts.leakCourt,
    contracts.committees,
    contracts.blames,
    contracts.names,
  ];
}

/**
 * Decodes one log by the contract that wrote it; whatever stands at another address is taken for a vault's. Undefined
 * if it fits no event.
 */
export function decodeEvent(
  log: Log<bigint, number, false>,
  deployment: Deployment,
  { at, input }: Origin,
): OmlEvent | undefined {
  const { source, abi } = sourceOf(log.address, deployment.contracts);
  const [decoded] = parseEventLogs({ abi: abi as Abi, logs: [log], strict: true });
  if (!decoded) return undefined;
  const { eventName, args, blockNumber, blockHash, logIndex, transactionHash: tx } = decoded;
  const topic = log.topics[1];
  const event = {
    source,
    eventName,
    args,
    blockNumber,
    blockHash,
    logIndex,
    tx,
    address: getAddress(log.address),
    ...(topic ? { topic } : {}),
    at,
  } as unknown as OmlEvent;
  if (event.source !== 'court') return event;
  const digests = accusedDigests(event, deployment);
  const earlier = input ? earlierTopics(event, input, deployment) : [];
  return { ...event, ...(digests ? { digests } : {}), ...(earlier.length > 0 ? { earlier } : {}) };
}

/** Of the receipts that a claim on unpaid uses accuses. */
function accusedDigests(event: CourtEvent, { chainId, contracts }: Deployment): Hex[] | undefined {
  if (event.eventName !== 'UnpaidUseClaimed') return undefined;
  return event.args.receipts.map((receipt) => receiptDigest(receipt, { chainId, court: contracts.claimCourt }));
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
    case contracts.beacon.toLowerCase():
      return { source: 'beacon', abi: blockBeaconAbi };
    case contracts.inspectionPools.toLowerCase():
      return { source: 'pools', abi: inspectionPoolsAbi };
    case contracts.leakCourt.toLowerCase():
      return { source: 'leaks', abi: leakCourtAbi };
    case contracts.committees.toLowerCase():
      return { source: 'committees', abi: committeesAbi };
    case contracts.blames.toLowerCase():
      return { source: 'blames', abi: blamesAbi };
    case contracts.names.toLowerCase():
      return { source: 'names', abi: namesAbi };
    default:
      return { source: 'vault', abi: revenueVaultAbi };
  }
}
