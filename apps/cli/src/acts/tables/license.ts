import { licenseRegistryAbi, revenueVaultAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { readOffer } from '@oml/service/license';
import { randomBytes } from 'node:crypto';
import { bytesToHex, zeroHash, type Address, type Hex } from 'viem';
import { word as wordOf } from '../../options.ts';
import { dollars } from '../../pay/purse.ts';
import { one, type Act, type Flags, type Step, type View } from '../act.ts';
import { address, amount, KIND, LICENSE, MODEL, number, somebody, text, word, yesNo } from '../args.ts';
import { atVault } from '../at-vault.ts';
import { payoutSteps, vaultOf } from '../vaults.ts';

const OWNER_OR_AGENT = 'the owner or agent of its model';
const LICENSEE = 'the account that holds it';
const LICENSEE_OR_SIGNER = 'the account that holds it, or one of its signers';
const ANYONE = 'anyone';
const REFERENCE = word('payment', 'channel id, or reference of a single payment');
const CLIENT = address('client', 'who signed the payment');

/** Everything that a license lets its licensee, its model's owner and others do. */
export const LICENSE_ACTS: readonly Act[] = [
  {
    verb: 'take',
    does: 'accept what a model offers; pays what is due now (hosts: oml host up does this and all that follows)',
    who: 'anyone with a bond that is free, where the terms ask for one',
    takes: [MODEL, KIND],
    calls: ['licenseRegistry.accept'],
    next: 'oml license show LICENSE; the publisher delivers, then oml license activate LICENSE',
    flags: (command) =>
      command
        .option('--deposit <dollars>', 'to add to your bond', '0')
        .option('--endpoint <url>', 'where buyers reach you, of a license to serve', '')
        .option('--encryption-key <hex>', 'what the edition is sealed to, 32 bytes', zeroHash),
    steps: ([modelId, kind], view, flags) => takeSteps(view, modelId as bigint, kind as number, flags),
  },
  one('approve', 'licenseRegistry.approveLicense', [LICENSE], {
    does: 'admit a licensee, where the terms ask for it',
    who: OWNER_OR_AGENT,
  }),
  one('decline', 'licenseRegistry.decline', [LICENSE], {
    does: 'refuse a licensee: everything goes back',
    who: OWNER_OR_AGENT,
  }),
  {
    verb: 'renew',
    does: 'pay a private license for more periods',
    who: ANYONE,
    takes: [LICENSE, number('periods', 'how many')],
    calls: ['licenseRegistry.renew'],
    steps: async ([licenseId, periods], view) => [
      {
        contract: 'licenseRegistry',
        calls: 'renew',
        args: [licenseId, periods],
        draws: (periods as bigint) * (await priceOf(view, licenseId as bigint)),
      },
    ],
  },
  one('deliver', 'licenseRegistry.deliver', [LICENSE, number('release', 'from 1'), word('root', 'of the edition')], {
    does: 'record the edition of a licensee; the publisher’s agent does it by itself',
    who: OWNER_OR_AGENT,
  }),
  one('record', 'blames.recordEdition', [LICENSE, number('release', 'from 1'), word('digest', 'SHA-256 of its file')], {
    does: 'record the digest of an edition’s unsealed file, once',
    who: OWNER_OR_AGENT,
  }),
  one('activate', 'licenseRegistry.activate', [LICENSE], {
    does: 'take up what was delivered, or end a suspension whose cause is gone',
    who: LICENSEE_OR_SIGNER,
  }),
  one('suspend', 'licenseRegistry.suspend', [LICENSE], {
    does: 'suspend a license that lapsed, is uncovered or behind a release',
    who: ANYONE,
  }),
  one('endpoint', 'licenseRegistry.setEndpoint', [LICENSE, text('url', 'where buyers reach it')], {
    does: 'say where a license is served',
    who: LICENSEE,
  }),
  one('close', 'licenseRegistry.close', [LICENSE], {
    does: 'ask for the end of a license',
    who: LICENSEE,
    next: 'oml license finish LICENSE after the exit delay, then oml license bond withdraw',
  }),
  one('finish', 'licenseRegistry.finishClose', [LICENSE], {
    does: 'end a license that is closing: its part of the bond is free, its leak bond goes back',
    who: ANYONE,
    next: 'oml license bond announce AMOUNT, for a bond that is to leave',
  }),
  one('cover', 'titleBonds.reserve', [LICENSE], {
    does: 'reserve what a license lacks out of its model’s title bond',
    who: ANYONE,
  }),
  one('uncover', 'titleBonds.returnCover', [LICENSE], {
    does: 'free what a license that is over kept of the title bond',
    who: ANYONE,
  }),
  {
    verb: 'payout',
    does: 'split what arrived in a license’s vault, and pay everybody their part',
    who: ANYONE,
    takes: [LICENSE],
    calls: ['revenueVault.distribute', 'revenueVault.payProtocol', 'revenueVault.payAncestor'],
    idle: 'Nothing is due to anybody.',
    steps: ([licenseId], { chain }) =>
      payoutSteps(chain, licenseId as bigint, ['protocol', 'lineage', 'owner', 'host']),
  },
  atVault('credit', 'withdraw', [somebody('payee', 'whom the token once refused')], {
    does: 'pay what a payout could not deliver',
    who: ANYONE,
  }),
  atVault('book', 'book', [], {
    does: 'book what a channel into the vault has been claimed for',
    who: ANYONE,
    isFile: true,
  }),
  atVault('book-exact', 'bookExact', [], {
    does: 'settle and book a single payment to the vault',
    who: ANYONE,
    isFile: true,
  }),
  atVault('book-shortfall', 'bookShortfall', [REFERENCE, CLIENT, amount('total', 'that is to be booked')], {
    does: 'book a total for a payment, and pay what is lacking yourself',
    who: ANYONE,
    draws: lackingOf,
  }),
  atVault('collect', 'collectAndBook', [], {
    does: 'redeem vouchers into the vault, each with what was charged of it; the gateway does it by itself',
    who: 'the licensee, its signers and the watchtowers that it named',
    isFile: true,
  }),
  atVault('collect-with-receipt', 'collectWithReceipt', [], {
    does: 'redeem a voucher with a receipt that states what was charged',
    who: ANYONE,
    isFile: true,
  }),
  atVault('end-channel', 'refund', [], {
    does: 'end a buyer’s channel: what was charged is booked, the rest goes back',
    who: LICENSEE_OR_SIGNER,
    isFile: true,
  }),
  atVault('tower', 'nameWatchtower', [address('tower', 'who may collect'), yesNo('named', 'may it')], {
    does: 'let a watchtower collect into the vault, or no longer (oml host watchtower does it for all)',
    who: LICENSEE,
  }),
  {
    verb: 'bond post',
    does: 'add to the bond of an account',
    who: ANYONE,
    takes: [amount('amount', 'to add'), somebody('account', 'whose bond')],
    calls: ['licenseRegistry.depositBond'],
    steps: async ([added, account]) => [
      { contract: 'licenseRegistry', calls: 'depositBond', args: [account, added], draws: added as bigint },
    ],
  },
  one('bond announce', 'licenseRegistry.announceExit', [amount('amount', 'that is to leave')], {
    does: 'announce that a part of your bond leaves; it covers nothing from now on',
    who: 'the account itself',
    next: 'oml license bond withdraw, once the exit is ripe',
  }),
  one('bond withdraw', 'licenseRegistry.withdraw', [], {
    does: 'take out what is ripe, and neither reserved nor contested',
    who: 'the account itself',
  }),
  one('bond reinstate', 'licenseRegistry.reinstateAccount', [somebody('account', 'that is covered again')], {
    does: 'end the suspension of an account that is covered again',
    who: ANYONE,
  }),
];

/** The terms as they stand now, and no others. */
async function takeSteps(view: View, modelId: bigint, kind: number, flags: Flags): Promise<Step[]> {
  const offer = await readOffer(view.chain, modelId, kind);
  const { deposit, endpoint, encryptionKey } = flags as Record<'deposit' | 'endpoint' | 'encryptionKey', string>;
  const added = dollars(deposit, '--deposit');
  const params = {
    modelId,
    termsId: offer.termsId,
    deposit: added,
    endpoint,
    encryptionKey: wordOf(encryptionKey, '--encryption-key'),
    hostSalt: bytesToHex(randomBytes(32)),
  };
  const draws = added + offer.leakBond + (kind === TERMS_KIND.SERVE ? 0n : offer.price);
  return [{ contract: 'licenseRegistry', calls: 'accept', args: [params], draws }];
}

/** Of one period. */
async function priceOf({ chain }: View, licenseId: bigint): Promise<bigint> {
  const { licenseRegistry, termsRegistry } = chain.deployment.contracts;
  const registry = { address: licenseRegistry, abi: licenseRegistryAbi } as const;
  const parties = { ...registry, functionName: 'partiesOf', args: [licenseId] } as const;
  const [, , termsId] = await chain.publicClient.readContract(parties);
  const terms = { address: termsRegistry, abi: termsRegistryAbi, functionName: 'terms', args: [termsId] } as const;
  return (await chain.publicClient.readContract(terms)).price;
}

/** What whoever books a total has to pay. */
async function lackingOf(said: readonly unknown[], { chain }: View): Promise<bigint> {
  const [licenseId, reference, client, total] = said as [bigint, Hex, Address, bigint];
  const { address: vault, hasCode } = await vaultOf(chain, licenseId);
  if (!hasCode) return total;
  const booked = { address: vault, abi: revenueVaultAbi, functionName: 'booked', args: [reference, client] } as const;
  const already = await chain.publicClient.readContract(booked);
  return total > already ? total - already : 0n;
}
