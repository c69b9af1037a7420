import { OmlError } from '@oml/protocol/error';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { isAddress } from 'viem';
import type { AddCommand } from '../command.ts';
import { HostFolder, type FolderOptions } from '../host/folder.ts';
import { serve } from '../host/programs.ts';
import { TOWER_ROLE } from '../host/roles.ts';
import { settle, type SettingFlags } from '../host/settings.ts';

interface Flags extends FolderOptions, SettingFlags {
  for?: string[];
  after?: string;
}

/** Others than those of a host on the same machine. */
const PORT = '4305';
const METRICS_PORT = '9465';

export const addWatchtower: AddCommand = (watchtower, run) => {
  watchtower
    .command('run')
    .description('keep the vouchers of other hosts, and collect for those that are down')
    .option('--for <account...>', 'accounts of the hosts that it works for; kept')
    .option('--after <seconds>', 'how old what a host has not collected must be (default: 57600, 16 h); kept')
    .option('--port <port>', `port to listen on (default: ${PORT}); kept`)
    .option('--listen <address>', 'address to listen on (default: 127.0.0.1, behind a proxy that speaks TLS); kept')
    .option('--dir <folder>', 'key, settings and vouchers (default: $OML_TOWER_DIR or ~/.oml/tower)')
    .option('--password-file <file>', 'what opens the key (default: $OML_PASSWORD_FILE or password in the folder)')
    .option('--rpc <url>', 'RPC endpoint of the chain; kept')
    .option('--deployment <file>', 'addresses of the contracts; kept')
    .action(
      run(async ({ output, signal }, flags: Flags) => {
        const folder = openFolder(flags);
        const { password } = folder.ensurePassword();
        if (!folder.has(TOWER_ROLE)) await folder.makeKey(TOWER_ROLE, password);
        const settings = settle(folder, { ...flags, port: flags.port ?? folder.settings()['PORT'] ?? PORT });
        const metricsPort = folder.settings()['METRICS_PORT'] ?? METRICS_PORT;
        const hosts = accountsOf(flags.for) ?? settings['WATCHED_HOSTS'];
        if (!hosts) throw new OmlError('ENV_MISSING', 'Give --for ADDRESS once: the accounts of hosts to work for.');
        const after = flags.after ?? settings['WATCH_AFTER'];
        const kept = { WATCHED_HOSTS: hosts, ...(after === undefined ? {} : { WATCH_AFTER: after }) };
        folder.keepSettings(kept);
        output.note(
          `Watching as ${folder.addressOf(TOWER_ROLE)} on port ${settings['PORT']}: send it ETH. ` +
            'A host names it by: oml host watchtower URL',
        );
        const key = await folder.secretOf(TOWER_ROLE);
        const env = { ...settings, ...kept, METRICS_PORT: metricsPort, [TOWER_ROLE.variable]: key };
        await serve(env, signal, 'watchtower');
      }),
    );
};

function openFolder({ dir, passwordFile }: Flags): HostFolder {
  const path = dir ?? process.env['OML_TOWER_DIR'] ?? join(homedir(), '.oml', 'tower');
  const folder = new HostFolder({ dir: path, ...(passwordFile ? { passwordFile } : {}) });
  folder.make();
  return folder;
}

/** As the environment has them. Throws REQUEST_INVALID. */
function accountsOf(given: string[] | undefined): string | undefined {
  const wrong = given?.find((text) => !isAddress(text, { strict: false }));
  if (wrong !== undefined) throw new OmlError('REQUEST_INVALID', `"${wrong}" is no address of an account.`);
  return given?.join(',');
}
