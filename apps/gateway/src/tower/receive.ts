import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import { channelIdOf, type ChannelDomain } from '@oml/protocol/signed/channel';
import { QUESTION_TOLERANCE_S } from '@oml/protocol/signed/channel-question';
import { voucherExportSigner } from '@oml/protocol/signed/voucher-export';
import { readJson, readRequest } from '@oml/protocol/wire/read-request';
import { voucherExportSchema, type ExportedVoucher, type VoucherExportReply } from '@oml/protocol/wire/voucher-export';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { channelMisfit, isSignedVoucher } from '../channel/header.ts';
import { mayCollect } from '../license/host-account.ts';
import { atMostASecond } from './at-most.ts';
import { recoverFast } from '../payment/curve.ts';
import type { GatewayStore } from '../store.ts';
import { keepVouchers, shareOf, type Kept } from './keep.ts';

export interface Receiving {
  chain: Pick<Chain, 'publicClient' | 'deployment'>;
  store: GatewayStore;
  /** The account of this tower. */
  tower: Address;
  /** The hosts that it works for. */
  hosts: readonly Address[];
  /** The name that its store gave itself. */
  mark: string;
  domain: ChannelDomain;
}

/** Takes what a host hands over. Throws REQUEST_INVALID, UNAUTHORIZED, SIGNATURE_INVALID, UNAVAILABLE. */
export type Receive = (body: string, signature: string | undefined) => Promise<VoucherExportReply>;

/** What the chain said of keys and vaults is asked again after so long; what will not do sooner. */
const KNOWN_MS = 60_000;
const REFUSED_MS = 1_000;
const MOST_KNOWN = 10_000;
/**
 * Accounts of hosts are public, and any bytes are a signature: so many unknown keys are looked up a second in the name
 * of each host, and so many licenses of which it is not known yet that they are its own.
 */
const LOOKS_A_SECOND = { keys: 5, licenses: 20 };
const DAY_MS = 24 * 3_600_000;

/**
 * Cheap checks first: who is not on the list costs no request to the chain, who only says that he is few of them, and
 * of one host one export is read at a time. A voucher is kept if this tower could collect it: into a vault of that host
 * which has named it, signed by the channel's authorizer over no less than what was charged.
 */
export function createReceive({ chain, store, tower, hosts, domain, mark }: Receiving): Receive {
  const { publicClient, deployment } = chain;
  const { licenseRegistry, token } = deployment.contracts;
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  const owners = new Map(
    hosts.map((host) => [
      host,
      {
        mayLookAtKey: atMostASecond(LOOKS_A_SECOND.keys),
        mayLookAtLicense: atMostASecond(LOOKS_A_SECOND.licenses),
        /** Its licenses, which may be looked at again at any time. */
        licenses: new Set<bigint>(),
      },
    ]),
  );
  const share = shareOf(owners.size);
  const busy = new Set<Address>();
  /** Who acted for its account, which may be asked again at any time. */
  const seen = new Set<string>();
  const acting = remember((key: string) => {
    const [account, signer] = key.split(' ') as [Address, Address];
    return mayCollect(chain, signer, account);
  }, Boolean);
  const vaults = remember(async (key: string): Promise<Vault> => {
    const args = [BigInt(key)] as const;
    const [vault, [account]] = await Promise.all([
      publicClient.readContract({ ...registry, functionName: 'vaultOf', args }),
      publicClient.readContract({ ...registry, functionName: 'partiesOf', args }),
    ]);
    const named = { address: vault, abi: revenueVaultAbi, functionName: 'isWatchtower', args: [tower] } as const;
    const hasCode = (await publicClient.getCode({ address: vault })) !== undefined;
    return { vault, account, isNamed: hasCode && (await publicClient.readContract(named)) };
  }, isNamed);

  async function judge(account: Address, row: ExportedVoucher): Promise<Kept | { detail: string }> {
    const { channelConfig: config, charged, maxClaimableAmount: signed } = row;
    const channelId = channelIdOf(config, domain);
    const signature = row.signature as Hex;
    const { licenses, mayLookAtLicense } = owners.get(account)!;
    if (!licenses.has(row.licenseId) && !mayLookAtLicense())
      return { detail: 'Too many licenses that are not known here: come again in a second.' };
    const { vault, account: licensee, isNamed: isOurs } = await vaults(String(row.licenseId));
    if (!isAddressEqual(licensee, account)) return { detail: `License ${row.licenseId} is not of ${account}.` };
    licenses.add(row.licenseId);
    const misfit = channelMisfit({ config, isItsId: true }, { vault, token });
    if (misfit) return { detail: `The vault of license ${row.licenseId} does not take this channel: ${misfit}.` };
    if (!isOurs)
      return {
        detail: `The vault of license ${row.licenseId} has not named ${tower}: oml host watchtower does.`,
      };
    if (charged === 0n || charged > signed) return { detail: 'Nothing was charged, or more than was signed.' };
    if (!(await isSignedVoucher({ config, channelId, signed, signature }, domain)))
      return { detail: 'The voucher is not signed by the authorizer of its channel.' };
    const now = Date.now();
    const since = Math.min(now, Math.max(row.since, now - DAY_MS));
    return { channelId, config, charged, signed, signature, since };
  }

  async function receive(account: Address, vouchers: readonly ExportedVoucher[]): Promise<VoucherExportReply> {
    const kept = new Map<Hex, Kept>();
    const refused: VoucherExportReply['refused'] = [];
    for (const row of vouchers) {
      const found = await judge(account, row);
      if ('detail' in found) refused.push({ channelId: channelIdOf(row.channelConfig, domain), ...found });
      else if ((kept.get(found.channelId)?.charged ?? 0n) < found.charged) kept.set(found.channelId, found);
    }
    const left = kept.size > 0 ? await keepVouchers(store, { host: account, share }, [...kept.values()]) : [];
    for (const { channelId } of left) {
      kept.delete(channelId);
      refused.push({ channelId, detail: `This watchtower has room for ${share} channels of one host.` });
    }
    return { object: 'oml.vouchers', mark, kept: [...kept.keys()], refused };
  }

  return async (body, signature = '') => {
    const { account, sentAt, vouchers } = readRequest(voucherExportSchema, readJson(body));
    const owner = owners.get(account);
    if (!owner) throw new OmlError('UNAUTHORIZED', `This watchtower does not work for ${account}: ask who runs it.`);
    const now = Math.floor(Date.now() / 1_000);
    if (Math.abs(now - sentAt) > Number(QUESTION_TOLERANCE_S))
      throw new OmlError('SIGNATURE_INVALID', `sentAt is more than 2 min off: here it is ${now}.`, {
        details: { now },
      });
    const signer = await voucherExportSigner({ tower, body }, signature as Hex, domain, recoverFast);
    const key = `${account} ${signer}`;
    if (!seen.has(key) && !owner.mayLookAtKey())
      throw new OmlError('UNAVAILABLE', 'Too many come with keys that are not known here: come again in a second.', {
        retryable: true,
      });
    const acts = await acting(key);
    if (acts) seen.add(key);
    else seen.delete(key);
    if (!acts)
      throw new OmlError(
        'UNAUTHORIZED',
        `${signer} does not act for ${account}: bind it, or sign with a key that is bound.`,
      );
    if (busy.has(account))
      throw new OmlError('UNAVAILABLE', 'Vouchers of this host are being read: come again in a second.');
    busy.add(account);
    return receive(account, vouchers).finally(() => busy.delete(account));
  };
}

interface Vault {
  vault: Address;
  account: Address;
  isNamed: boolean;
}

const isNamed = (vault: Vault): boolean => vault.isNamed;

/** Asks once for each key, and again after a while. */
function remember<Value>(
  ask: (key: string) => Promise<Value>,
  lasts: (value: Value) => boolean,
): (key: string) => Promise<Value> {
  const known = new Map<string, { until: number; value: Promise<Value> }>();
  return (key) => {
    const found = known.get(key);
    if (found && Date.now() < found.until) return found.value;
    const value = ask(key);
    const asked = { until: Date.now() + KNOWN_MS, value };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, asked);
    void value
      .then(lasts)
      .catch(() => false)
      .then((isLasting) => isLasting || (asked.until = Date.now() + REFUSED_MS));
    return value;
  };
}
