import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { keepCalls } from '@oml/sdk/calls';
import { textChannels, type ChannelStore } from '@oml/sdk/channel/store';
import { fileTexts } from '@oml/sdk/file-texts';
import { createMarket, type Market } from '@oml/sdk/market/market';
import type { Offer } from '@oml/sdk/market/offer';
import { checkChain, connectChain } from '@oml/service/chain';
import { guardedFetch, guardFor } from '@oml/service/guarded-fetch';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { concatHex, keccak256, numberToHex, parseUnits, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { HostFolder, PAY_FOLDER, type FolderOptions } from '../host/folder.ts';
import { settle, type SettingFlags } from '../host/settings.ts';
import { offersOf } from './hosts.ts';
import { Journal } from './journal.ts';
import { leaveChannels, type Left } from './leave.ts';
import { lockFolder } from './lock.ts';
import { PAY_ROLES } from './roles.ts';
import { withdrawChannels, type Withdrawn } from './withdraw.ts';

export interface PurseFlags extends FolderOptions, Pick<SettingFlags, 'rpc' | 'deployment'> {
  host: string[];
  perDay?: string;
  perMonth?: string;
  maxPrice: string;
  deposit: string;
  atOnce: string;
}

/** Everything that buys for one account: its budget, its channels, its receipts, and what there is to buy. */
export interface Purse {
  market: Market;
  journal: Journal;
  offers(): Promise<readonly Offer[]>;
  send: typeof fetch;
  address: string;
  /** Ends the channels: what is left in them comes back. */
  leave(): Promise<Left[]>;
  /** Asks the chain for what no host gave back, or takes what was asked for; the account pays the gas. */
  leavePastHosts(): Promise<Withdrawn[]>;
  close(): void;
}

/** Under which the budget is counted. */
export const BUDGET_APP = 'pay';
/** Dollars, where nobody said what may be spent. */
const LITTLE = { perDay: '1', perMonth: '10' };
const DECIMALS = 6;
const MOST_AT_ONCE = 64;
/** A host says nothing for as long as its queue is; the SDK ends idle streams by itself. */
const LIMITS = { timeoutMs: 600_000, maxBytes: 64 << 20 };

/** Opens a purse for this process alone. Throws NOT_FOUND where there are no keys, CONFLICT where another has it. */
export async function openPurse(flags: PurseFlags, note: (text: string) => void): Promise<Purse> {
  const folder = new HostFolder(flags, PAY_FOLDER);
  const { RPC_URL: rpcUrl, OML_DEPLOYMENT } = settle(folder, flags);
  const [key, seed] = [await folder.secretOf(PAY_ROLES[0]), await folder.secretOf(PAY_ROLES[1])];
  const chain = connectChain({ rpcUrl, deployment: readDeployment(OML_DEPLOYMENT) });
  await checkChain(chain);
  const close = lockFolder(folder.dataDir);
  const { publicClient, deployment } = chain;
  const account = privateKeyToAccount(key);
  const texts = fileTexts(folder.dataDir);
  const journal = new Journal(join(folder.dataDir, 'receipts.jsonl'));
  const offers = offersOf(chain, flags.host);
  const names = new Map<bigint, string>();
  const send = guardedFetch(guardFor(deployment, LIMITS));
  const paying = {
    account,
    publicClient,
    deployment,
    maxAmountPerPayment: dollars(flags.maxPrice, '--max-price'),
    fetch: send,
    channels: {
      sessionKeys: sessionKeys(seed, flags.atOnce),
      deposit: dollars(flags.deposit, '--deposit'),
      store: textChannels(texts),
    },
  };
  const market = createMarket({
    ...paying,
    calls: keepCalls(texts),
    budget: {
      app: BUDGET_APP,
      of: account.address,
      ...limitsOf(folder, flags),
      store: texts,
      onAlert: ({ period, percent, used }) =>
        note(`${percent} % of the budget of this ${period} is used: $${formatDollars(used)}.`),
    },
    async offers() {
      const found = await offers();
      for (const { modelId, model } of found) names.set(modelId, model);
      return found;
    },
    onReceipt: (paid) => journal.add(paid, names.get(paid.payee.modelId) ?? String(paid.payee.modelId)),
    onPassed: ({ baseUrl }, why) => note(`passed over ${baseUrl}: ${why instanceof Error ? why.message : String(why)}`),
  });
  const name = `${deployment.chainId}-${account.address}-`.toLowerCase();
  const kept = () => keptChannels(folder.dataDir, name, paying.channels.store);
  const leave = async () => {
    // With how many keys it bought before, nobody knows.
    const channels = { ...paying.channels, sessionKeys: sessionKeys(seed, String(MOST_AT_ONCE)) };
    return leaveChannels({ ...paying, channels }, await kept(), await offers());
  };
  const leavePastHosts = async () => withdrawChannels(connectChain({ rpcUrl, deployment, key }), await kept());
  return { market, journal, offers, send, address: account.address, leave, leavePastHosts, close };
}

/** The channels that are kept under names which begin so. */
async function keptChannels(folder: string, name: string, store: ChannelStore) {
  const names = readdirSync(folder).filter((file) => file.startsWith(name) && file.endsWith('.json'));
  const records = await Promise.all(names.map((file) => store.load(file.slice(0, -'.json'.length))));
  return records.filter((record) => record !== undefined);
}

/** What may be spent: as flags say, as `oml pay budget` keeps it, or little. */
export function limitsOf(
  folder: HostFolder,
  { perDay, perMonth }: Pick<PurseFlags, 'perDay' | 'perMonth'>,
): { perDay: bigint; perMonth: bigint } {
  const { PER_DAY, PER_MONTH } = folder.settings();
  return {
    perDay: dollars(perDay ?? PER_DAY ?? LITTLE.perDay, '--per-day'),
    perMonth: dollars(perMonth ?? PER_MONTH ?? LITTLE.perMonth, '--per-month'),
  };
}

/** An amount in dollars, such as 0.05. Throws REQUEST_INVALID. */
export function dollars(text: string, option: string): bigint {
  if (!/^\d{1,9}(\.\d{1,6})?$/.test(text))
    throw new OmlError('REQUEST_INVALID', `${option} takes dollars, such as 0.05, not "${text}".`);
  return parseUnits(text, DECIMALS);
}

function sessionKeys(seed: Hex, atOnce: string) {
  const count = Number(atOnce);
  if (!Number.isInteger(count) || count < 1 || count > MOST_AT_ONCE)
    throw new OmlError('REQUEST_INVALID', `--at-once takes a number from 1 to ${MOST_AT_ONCE}.`);
  return Array.from({ length: count }, (_, i) =>
    privateKeyToAccount(keccak256(concatHex([seed, numberToHex(i, { size: 4 })]))),
  );
}
