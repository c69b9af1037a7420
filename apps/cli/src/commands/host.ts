import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import type { Command } from 'commander';
import { isAddress } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { withDryRun } from '../acts/add-acts.ts';
import { tellFirstCall } from '../acts/first-call.ts';
import type { AddCommand } from '../command.ts';
import { examine } from '../host/doctor.ts';
import { HostFolder, roleOf, type FolderOptions } from '../host/folder.ts';
import { payBack } from '../host/refund.ts';
import { ROLES } from '../host/roles.ts';
import { settle, type SettingFlags } from '../host/settings.ts';
import { bindKey, revokeKey } from '../host/signers.ts';
import { askTower, nameTower } from '../host/tower.ts';
import { bringUp, type UpFlags } from '../host/up.ts';

type Flags = FolderOptions & SettingFlags & { dryRun?: boolean };

export const addHost: AddCommand = (host, run) => {
  inFolder(host.command('keys'))
    .description('make the keys of a host that are missing, and say what each is for')
    .action(
      run(async ({ output }, flags: Flags) => {
        const folder = new HostFolder(flags);
        folder.make();
        const { password, isNew } = folder.ensurePassword();
        for (const role of ROLES) if (!folder.has(role)) await folder.makeKey(role, password);
        const keys = ROLES.map((role) => ({
          ...role,
          file: folder.keyFile(role),
          address: folder.addressOf(role) ?? null,
        }));
        output.result({ folder: folder.path, passwordFile: folder.passwordFile, keys }, () =>
          [
            ...keys.map(
              ({ name, address, isFor, needs, lost }) =>
                `${name.padEnd(8)} ${address ?? '(a secret, no account)'}\n  for    ${isFor}\n  needs  ${needs}\n  lost   ${lost}`,
            ),
            `Each lies encrypted in ${folder.path}/keys; ${isNew ? 'a new password was written to' : 'the password is in'} ${folder.passwordFile}.`,
            'Copy the keys to one place and the password to another: who has both has your money, who has lost one has lost it.',
            `Now fund ${folder.addressOf(roleOf('host')) ?? 'the host account'} and ${folder.addressOf(roleOf('gas')) ?? 'the gas account'}, then: oml host up --help`,
          ].join('\n'),
        );
      }),
    );

  onChain(inFolder(host.command('up')))
    .description('take a license if there is none yet, and serve; run it again after whatever stopped it')
    .option('--model <name-or-id>', 'the model to take a license on: its name, or its id (oml model list)')
    .option('--endpoint <url>', 'where buyers reach this host; kept')
    .option('--name <name>', 'name under which buyers ask for it (default: its own)')
    .option('--price <amount>', "of one call, in the token's smallest unit (default: the least that its terms ask)")
    .option('--per-call <amount>', 'with rates a call costs by what it used, and at most --price; this is once a call')
    .option('--per-million-input-tokens <amount>', 'for what it reads')
    .option('--per-million-output-tokens <amount>', 'for what it writes')
    .option('--per-second <amount>', 'for how long it ran')
    .option('--port <port>', 'port to listen on (default: 4301); kept')
    .option('--listen <address>', 'address to listen on (default: 127.0.0.1, behind a proxy that speaks TLS); kept')
    .option('--timeout <seconds>', 'how long to wait for the edition', '600')
    .option('--prepare', 'do not serve')
    .action(
      run(async (context, flags: Flags & UpFlags) => {
        const folder = new HostFolder(flags);
        await bringUp(context, folder, settle(folder, flags), flags);
      }),
    );

  onChain(inFolder(host.command('doctor')))
    .description('look at everything that can be wrong with this host, and say what to do; 1 where something fails')
    .action(
      run(async (context, flags: Flags) => {
        const folder = new HostFolder(flags);
        await examine(context, folder, settle(folder, flags));
      }),
    );

  onChain(inFolder(host.command('refund')))
    .description('pay a single payment back whose answer failed, out of the gas account; again, it pays nothing twice')
    .argument('<payment>', 'payment_ref of the refusal (ANSWER_FAILED)')
    .action(
      run(async (context, payment: string, flags: Flags) => {
        const folder = new HostFolder(flags);
        await payBack(context, folder, { settings: settle(folder, flags), payment });
      }),
    );

  withDryRun(onChain(inFolder(host.command('rotate'))))
    .description('make a new key for a role and bind it; the old one is kept in its file and stays bound')
    .argument('<role>', 'signer or gas')
    .action(
      run(async (context, name: string, flags: Flags) => {
        const { output } = context;
        if (name !== 'signer' && name !== 'gas')
          throw new OmlError('REQUEST_INVALID', `"${name}" cannot be rotated: signer and gas can.`);
        const folder = new HostFolder(flags);
        const role = roleOf(name);
        const chain = await openHost(folder, flags);
        if (flags.dryRun)
          return tellFirstCall('oml host rotate', { chain, me: chain.account!.address }, context, {
            // Some key: that of the role is made once it is to be kept.
            doing: (rehearsing) => bindKey(rehearsing, generatePrivateKey()),
          });
        const before = folder.addressOf(role);
        const key = await folder.makeKey(role, folder.ensurePassword().password);
        const after = await bindKey(chain, key);
        output.result({ role: name, before: before ?? null, after, address: privateKeyToAddress(key) }, () =>
          [
            `The ${name} key is ${after} now, bound to ${chain.account!.address}.`,
            ...(name === 'gas' ? [`Send it ETH, and send on what ${before} still holds.`] : []),
            `Restart oml host up, then: oml host revoke ${before}`,
          ].join('\n'),
        );
      }),
    );

  withDryRun(onChain(inFolder(host.command('revoke'))))
    .description('revoke a key of this account on chain, for ever')
    .argument('<address>', 'of a signer or gas account that was bound')
    .action(
      run(async (context, address: string, flags: Flags) => {
        if (!isAddress(address)) throw new OmlError('REQUEST_INVALID', `"${address}" is no address.`);
        const chain = await openHost(new HostFolder(flags), flags);
        if (flags.dryRun)
          return tellFirstCall('oml host revoke', { chain, me: chain.account!.address }, context, {
            doing: (rehearsing) => revokeKey(rehearsing, address),
          });
        const until = await revokeKey(chain, address);
        const from = new Date(until * 1_000).toISOString();
        context.output.result({ address, effectiveAt: from }, () => `${address} binds nobody from ${from} on.`);
      }),
    );

  onChain(inFolder(host.command('watchtower')))
    .description('let a watchtower collect from channels when this host is down; again after each new license')
    .argument('<url>', 'of the watchtower; kept')
    .option('--off', 'no longer')
    .action(
      run(async ({ output }, given: string, flags: Flags & { off?: boolean }) => {
        const folder = new HostFolder(flags);
        const url = given.replace(/\/+$/, '');
        const chain = await openHost(folder, flags);
        const tower = await askTower(url, chain.deployment.chainId);
        const vaults = await nameTower(chain, folder.dataDir, tower.address, !flags.off);
        folder.keepSettings({ WATCHTOWER: flags.off ? undefined : url });
        const hours = Math.round(tower.collectsAfter / 360) / 10;
        output.result({ url, ...tower, vaults, named: !flags.off }, () =>
          flags.off
            ? `${tower.address} collects no more from ${vaults.length} vaults. Restart oml host up.`
            : `${tower.address} may collect into ${vaults.length} vaults, and does what is older than ${hours} h. Restart oml host up.`,
        );
      }),
    );
};

function inFolder(command: Command): Command {
  return command
    .option('--dir <folder>', 'keys, settings and data of the host (default: $OML_HOST_DIR or ~/.oml/host)')
    .option('--password-file <file>', 'what opens the keys (default: $OML_PASSWORD_FILE or password in the folder)');
}

const onChain = (command: Command): Command =>
  command
    .option('--rpc <url>', 'RPC endpoint of the chain; kept')
    .option('--deployment <file>', 'addresses of the contracts; kept');

/** The chain, with the key of the host's account. */
async function openHost(folder: HostFolder, flags: Flags): Promise<Chain> {
  const { RPC_URL: rpcUrl, OML_DEPLOYMENT } = settle(folder, flags);
  const key = await folder.secretOf(roleOf('host'));
  const chain = connectChain({ rpcUrl, deployment: readDeployment(OML_DEPLOYMENT), key });
  await checkChain(chain);
  return chain;
}
