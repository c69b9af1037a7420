import { OmlError } from '@oml/protocol/error';
import type { ChannelDomain } from '@oml/protocol/signed/channel';
import { signVoucherExport } from '@oml/protocol/signed/voucher-export';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import {
  MOST_VOUCHERS,
  TOWER_PATH,
  towerSchema,
  VOUCHERS_PATH,
  voucherExportReplySchema,
  type ExportedVoucherJson,
  type Tower,
  type VoucherExportJson,
  type VoucherExportReply,
} from '@oml/protocol/wire/voucher-export';
import { sentenceOf } from '@oml/service/error-facts';
import type { Logger } from '@oml/service/logger';
import type { Address, Hex, LocalAccount } from 'viem';
import type { Alerts } from '../health/alerts.ts';
import type { GatewayStore } from '../store.ts';
import { noteHandedOver, owingChannels, type Owing } from './handed.ts';
import type { Channel } from './ledger.ts';

export interface HandingOver {
  store: GatewayStore;
  /** Base URL of the watchtower. */
  tower: string;
  account: Address;
  /** Bound to the account. */
  signer: LocalAccount;
  domain: ChannelDomain;
  models: readonly { licenseId: bigint; vault: Address }[];
  alerts: Pick<Alerts, 'set'>;
  logger: Logger;
  /** How often it is asked which store it has, also while there is nothing to hand over. */
  askAgainMs?: number;
}

const TIMEOUT_MS = 10_000;
const MOST_BYTES = 256 * 1024;
/** Rounds at once, so that one does not last for ever on a busy host; the next goes on. */
const MOST_ROUNDS = 20;
/** What was refused is offered again after so long. */
const QUIET_MS = 30_000;
const ASK_AGAIN_MS = 60_000;

/**
 * Hands the watchtower every voucher that it does not have yet, the longest waiting first. What it has acknowledged
 * stands in the store, and nothing else counts: a tower that is down gets it all when it comes back, whoever was killed
 * meanwhile, and so does one that comes back with another store. A voucher that reaches it twice changes nothing there.
 */
export function createHandOver(handing: HandingOver): () => Promise<void> {
  const { store, tower, models, alerts, logger, askAgainMs = ASK_AGAIN_MS } = handing;
  const licenseOf = new Map(models.map(({ licenseId, vault }) => [vault, licenseId]));
  const refusals = new Map<Hex, string>();
  let known: { tower: Tower; askAgainAt: number } | undefined;
  let quietUntil = 0;

  const condition = (why: string) => ({
    code: 'TOWER_DOWN' as const,
    key: tower,
    text: `The watchtower does not have all our vouchers: ${why} The guide for hosts says more.`,
    facts: { tower },
  });

  /** Tells of a refusal once, however often the voucher is offered again. */
  function note({ refused }: VoucherExportReply): void {
    for (const { channelId, detail } of refused) {
      if (refusals.get(channelId) !== detail) logger.error({ channelId, detail }, 'the watchtower refused a voucher');
      refusals.set(channelId, detail);
    }
  }

  async function whoItIs(): Promise<Tower> {
    if (!known || Date.now() >= known.askAgainAt)
      known = {
        tower: towerSchema.parse(await ask(`${tower}${TOWER_PATH}`)),
        askAgainAt: Date.now() + askAgainMs,
      };
    return known.tower;
  }

  async function handOverSome(owing: Owing[], { address, mark }: Tower): Promise<number> {
    const vouchers = owing.map(({ channel, since }) =>
      exported(channel, since, licenseOf.get(channel.config.receiver)!),
    );
    const body: VoucherExportJson = { account: handing.account, sentAt: Math.floor(Date.now() / 1_000), vouchers };
    const text = JSON.stringify(body);
    const signature = await signVoucherExport({ tower: address, body: text }, handing.signer, handing.domain);
    const reply = voucherExportReplySchema.parse(await ask(`${tower}${VOUCHERS_PATH}`, { text, signature }));
    if (reply.mark !== mark) throw new OmlError('UNAVAILABLE', 'It has another store than a moment ago.');
    const kept = new Set(reply.kept);
    await noteHandedOver(
      store,
      { url: tower, mark },
      owing.flatMap(({ channel }) => (kept.has(channel.channelId) ? [channel] : [])),
    );
    note(reply);
    return reply.refused.length;
  }

  return async () => {
    if (Date.now() < quietUntil) return;
    try {
      const itself = await whoItIs();
      const has = { url: tower, mark: itself.mark };
      let refused = 0;
      for (let round = 0; round < MOST_ROUNDS; round++) {
        const owing = await owingChannels(store, has, { vaults: [...licenseOf.keys()], skip: refused });
        if (owing.length > 0) refused += await handOverSome(owing, itself);
        if (owing.length < MOST_VOUCHERS) break;
      }
      if (refused > 0) quietUntil = Date.now() + QUIET_MS;
      alerts.set(condition(`it refuses ${refused} of them, and the log says why.`), refused > 0);
    } catch (error) {
      known = undefined; // it may come back as another
      alerts.set(condition(sentenceOf(error)), true);
    }
  };
}

const exported = (
  { config, charged, signed, signature }: Channel,
  since: number,
  licenseId: bigint,
): ExportedVoucherJson => ({
  licenseId: String(licenseId),
  channelConfig: config,
  charged: String(charged),
  maxClaimableAmount: String(signed),
  signature: signature!,
  since,
});

/** Asks the tower, which may not send us elsewhere. Throws the tower's own reason, or UNAVAILABLE. */
async function ask(url: string, posted?: { text: string; signature: Hex }): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(posted && { [HEADERS.signature]: posted.signature }) };
  const response = await fetch(url, {
    redirect: 'manual',
    signal: AbortSignal.timeout(TIMEOUT_MS),
    ...(posted ? { method: 'POST', headers, body: posted.text } : {}),
  });
  const body = readJson(await readText(response));
  if (response.status !== 200) throw errorOfProblem(response.status, body, { who: 'It' });
  return body;
}

async function readText({ body }: Response): Promise<string> {
  const parts: Uint8Array[] = [];
  let left = MOST_BYTES;
  for await (const part of body ?? []) {
    left -= part.length;
    if (left < 0) throw new OmlError('UNAVAILABLE', `It answered more than ${MOST_BYTES} bytes.`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
