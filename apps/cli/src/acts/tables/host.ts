import { signBinding } from '@oml/protocol/signed/signer-binding';
import type { Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { readKey } from '../../chain/connect.ts';
import { one, type Act } from '../act.ts';
import { address, somebody, text } from '../args.ts';
import { payoutSteps, servingLicenses } from '../vaults.ts';

/** What a host's account does beside serving (`oml host up`), and its licenses (`oml license`). */
export const HOST_ACTS: readonly Act[] = [
  {
    verb: 'payout',
    does: 'pay a host its part out of the vaults of all its licenses; the gateway does it by itself',
    who: 'anyone',
    takes: [somebody('account', 'whose licenses')],
    calls: ['revenueVault.distribute', 'revenueVault.payHost'],
    idle: 'Nothing is due to the host.',
    async steps([account], { chain }) {
      const licenses = await servingLicenses(chain, { account: account as Address });
      const steps = await Promise.all(licenses.map((licenseId) => payoutSteps(chain, licenseId, ['host'])));
      return steps.flat();
    },
  },
];

/** Keys that sign receipts for an account. */
export const KEY_ACTS: readonly Act[] = [
  {
    verb: 'bind',
    does: 'let another key sign receipts for your account, for ever (hosts: oml host rotate)',
    who: 'the account that is to be signed for',
    takes: [text('signer-file', 'the key that consents: hex, or a keystore')],
    calls: ['licenseRegistry.bindSigner'],
    flags: (command) => command.option('--signer-password-file <file>', 'what opens it, where it is a keystore'),
    async steps([file], { chain, me }, flags) {
      const signer = privateKeyToAccount(
        await readKey(file as string, flags['signerPasswordFile'] as string | undefined),
      );
      const { chainId, contracts } = chain.deployment;
      const consent = await signBinding(signer, me, { chainId, licenseRegistry: contracts.licenseRegistry });
      return [{ contract: 'licenseRegistry', calls: 'bindSigner', args: [signer.address, consent] }];
    },
  },
  one('revoke', 'licenseRegistry.revokeSigner', [address('signer', 'that is bound to your account')], {
    does: 'let a bound key sign no more; takes effect after the revocation delay',
    who: 'the account that it is bound to',
  }),
];
