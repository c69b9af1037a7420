import { OmlError } from '@oml/protocol/error';
import { RECEIVE_TYPE } from '@oml/protocol/signed/authorization';
import type { ModelKind } from '@oml/protocol/wire/model-kind';
import type { ChannelOptions } from '@oml/sdk/channel/options';
import { nameOf } from '@oml/sdk/channel/pay';
import { textChannels, type ChannelRecord } from '@oml/sdk/channel/store';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { PayingAccount } from '@oml/sdk/paying-account';
import { bytesToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Address, Hex } from '#kit/hex.ts';
import { shelfKey, type Shelf } from '#tracker/shelf.ts';
import { inOneTab } from './one-tab.ts';
import { sealedTexts, type Place } from './sealed-texts.ts';

/** A session: the host that this browser pays out of a channel, and how much of it one signature allows. */
export interface SessionHost {
  licenseId: bigint;
  vault: Address;
  /** Where it answered last. */
  endpoint: string;
  /** The name under which the host serves it. */
  model: string;
  kind: ModelKind;
  /** What one signature of the wallet puts in; smallest unit. */
  budget: bigint;
  /** Stopped by its owner: nothing more is signed for it. */
  isStopped: boolean;
}

/** The sessions of one account on one chain in this browser, with the key that signs for all of them. */
export interface Sessions {
  shelf: Shelf;
  hosts(): Promise<SessionHost[]>;
  /** Of a host's vault; undefined where there is none. */
  hostOf(vault: Address): Promise<SessionHost | undefined>;
  /** Keeps a session, in the place of what was kept of this host. */
  keep(host: SessionHost): Promise<void>;
  /** How the SDK pays out of channels; makes the session key where there is none yet. */
  channel(budget: bigint): Promise<ChannelOptions>;
  /** What the SDK knows of the channel with this host. */
  recordOf(vault: Address, deployment: Deployment): Promise<ChannelRecord | undefined>;
  /** Forgets a session whose money is back. */
  forget(vault: Address, deployment: Deployment): Promise<void>;
}

interface Kept {
  key: Hex;
  hosts: (Omit<SessionHost, 'licenseId' | 'budget'> & { licenseId: string; budget: string })[];
}

/** The text that names session key and hosts; channels have names of the SDK's. */
const NAME = 'key';
/** One for a shelf: the SDK lets calls wait for each other by the store that it was given. */
const opened = new WeakMap<object, Map<string, Sessions>>();

/** The sessions of an account on a chain. */
export function sessionsOn(shelf: Shelf, place: Place = localStorage, keyOf?: () => Promise<CryptoKey>): Sessions {
  const known = opened.get(place) ?? new Map<string, Sessions>();
  opened.set(place, known);
  const name = shelfKey('session', shelf);
  const sessions = known.get(name) ?? openSessions(shelf, place, keyOf);
  known.set(name, sessions);
  return sessions;
}

function openSessions(shelf: Shelf, place: Place, keyOf?: () => Promise<CryptoKey>): Sessions {
  const texts = sealedTexts(place, shelfKey('session', shelf), keyOf);
  const store = textChannels(texts);
  const load = async (): Promise<Kept | undefined> => {
    const text = await texts.read(NAME);
    return text === undefined ? undefined : (JSON.parse(text) as Kept);
  };
  let turn: Promise<unknown> = Promise.resolve();
  /** One change after another: each writes the whole text. */
  const change = <Result>(edit: (kept: Kept) => Result): Promise<Result> => {
    const write = async () => {
      const kept = (await load()) ?? { key: bytesToHex(crypto.getRandomValues(new Uint8Array(32))), hosts: [] };
      const result = edit(kept);
      await texts.write(NAME, JSON.stringify(kept));
      return result;
    };
    const next = turn.then(() => inOneTab(shelfKey('session', shelf), write));
    turn = next.catch(() => undefined);
    return next;
  };
  const without = ({ hosts }: Kept, vault: Address) => hosts.filter((host) => !isSame(host.vault, vault));
  const nameFor = (key: Hex, vault: Address, deployment: Deployment): string => {
    const channel = { sessionKey: privateKeyToAccount(key), store, deposit: 0n };
    return nameOf({ account: { address: shelf.account } as never, channel, deployment }, { payTo: vault });
  };
  const hosts = async (): Promise<SessionHost[]> =>
    ((await load())?.hosts ?? []).map((host) => ({
      ...host,
      licenseId: BigInt(host.licenseId),
      budget: BigInt(host.budget),
    }));
  return {
    shelf,
    hosts,
    hostOf: async (vault) => (await hosts()).find((host) => isSame(host.vault, vault)),
    keep: (host) =>
      change((kept) => {
        const text = { ...host, licenseId: String(host.licenseId), budget: String(host.budget) };
        kept.hosts = [text, ...without(kept, host.vault)];
      }),
    channel: async (budget) => ({
      sessionKey: privateKeyToAccount(await change(({ key }) => key)),
      deposit: budget,
      store,
    }),
    async recordOf(vault, deployment) {
      const kept = await load();
      return kept && store.load(nameFor(kept.key, vault, deployment));
    },
    forget: (vault, deployment) =>
      change((kept) => {
        texts.forget(nameFor(kept.key, vault, deployment));
        kept.hosts = without(kept, vault);
      }),
  };
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Calls out of one channel wait for each other, in all tabs: its total is one number. */
export const inTurn = <Result>({ shelf }: Sessions, vault: Address, work: () => Promise<Result>): Promise<Result> =>
  inOneTab(`${shelfKey('session', shelf)}.${vault.toLowerCase()}`, work);

type Definition = Parameters<PayingAccount['signTypedData']>[0];

/**
 * What a wallet is asked for a session: one deposit of at most `most`, and nothing else. Throws PAYMENT_REQUIRED before
 * the wallet is asked, where a host wants another payment.
 */
export const depositsOnly =
  (sign: (asked: Definition) => Promise<Hex>, most: bigint) =>
  async (asked: Definition): Promise<Hex> => {
    const { primaryType, message } = asked;
    const amount = primaryType === RECEIVE_TYPE ? BigInt(String(message['value'])) : undefined;
    if (amount !== undefined && amount <= most) return sign(asked);
    throw new OmlError(
      'PAYMENT_REQUIRED',
      amount === undefined
        ? 'This host takes no session of that budget. Nothing was signed.'
        : 'The host asks for a larger deposit than the session’s budget. Nothing was signed.',
      { details: { primaryType, most: String(most) } },
    );
  };
