import { formatDollars } from '@oml/protocol/money';
import { isAddressEqual, parseEventLogs, zeroAddress, type Abi, type Address, type Log } from 'viem';
import type { View } from './act.ts';
import { CONTRACTS, nameAt } from './contracts.ts';

/** Something that a contract tells of what happened. */
export interface Effect {
  contract: string;
  event: string;
  args: Record<string, unknown>;
}

const ABIS = Object.values(CONTRACTS) as Abi[];
const EVENTS = ABIS.flatMap((abi) => abi.filter(({ type }) => type === 'event'));
/** Said by the money that moves. */
const SILENT = ['Approval', 'Transfer', 'AuthorizationUsed'];

/** What logs tell, in their order, and what the caller's token changed by, in its smallest unit. */
export function effectsOf(logs: readonly Log[], { chain, me }: View): { effects: Effect[]; moved: bigint } {
  const { token } = chain.deployment.contracts;
  const effects: Effect[] = [];
  let moved = 0n;
  for (const { address, eventName, args } of parseEventLogs({ abi: EVENTS, logs: [...logs] as Log[] }) as Parsed[]) {
    if (isAddressEqual(address, token) && eventName === 'Transfer') moved += movedBy(args, me);
    if (!SILENT.includes(eventName))
      effects.push({ contract: nameAt(address, chain.deployment) ?? 'vault', event: eventName, args });
  }
  return { effects, moved };
}

interface Parsed {
  address: Address;
  eventName: string;
  args: Record<string, unknown>;
}

function movedBy({ from = zeroAddress, to = zeroAddress, value = 0n }: Record<string, unknown>, me: Address): bigint {
  const [sent, got] = [from, to].map((each) => isAddressEqual(each as Address, me)) as [boolean, boolean];
  return (got ? (value as bigint) : 0n) - (sent ? (value as bigint) : 0n);
}

/** `LicenseApproved (licenseId 3)`. */
export const effectLine = ({ event, args }: Effect): string => {
  const values = Object.entries(args).map(([name, value]) => `${name} ${inWords(value)}`);
  return values.length > 0 ? `${event} (${values.join(', ')})` : event;
};

/** `you get $1.50`; undefined where nothing moves. */
export function movedLine(moved: bigint): string | undefined {
  if (moved === 0n) return undefined;
  return moved > 0n ? `you get $${formatDollars(moved)}` : `you pay $${formatDollars(-moved)}`;
}

const inWords = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? String(each) : each))
    : String(value);
