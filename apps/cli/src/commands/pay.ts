import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { readDeployment } from '@oml/contracts/deployment';
import { formatDollars } from '@oml/protocol/money';
import type { Command } from 'commander';
import type { AddCommand, CommandContext } from '../command.ts';
import { HostFolder, PAY_FOLDER, type FolderOptions } from '../host/folder.ts';
import { settle, type SettingFlags } from '../host/settings.ts';
import { whole } from '../options.ts';
import { addPayRecords, inFolder } from './pay-records.ts';
import { giveDevDollars } from '../pay/fund.ts';
import { mcpServer } from '../pay/mcp.ts';
import { MCP_PATH, mcpApp } from '../pay/mcp-http.ts';
import { proxyApp } from '../pay/proxy.ts';
import { dollars, openPurse, type Purse, type PurseFlags } from '../pay/purse.ts';
import { PAY_ROLES } from '../pay/roles.ts';
import type { Left } from '../pay/leave.ts';
import { redeemNowAndThen, servePurse } from '../pay/serve.ts';
import { tokenIn } from '../pay/token.ts';
import type { Withdrawn } from '../pay/withdraw.ts';

type Flags = FolderOptions & Pick<SettingFlags, 'rpc' | 'deployment'>;
const [BUYER] = PAY_ROLES;
const VERSION = '0.1.0';

export const addPay: AddCommand = (pay, run) => {
  inFolder(pay.command('keys'))
    .description('make the keys of a buyer that are missing, and say what each is for')
    .action(
      run(async ({ output }, flags: Flags) => {
        const folder = new HostFolder(flags, PAY_FOLDER);
        folder.make();
        const { password, isNew } = folder.ensurePassword();
        for (const role of PAY_ROLES) if (!folder.has(role)) await folder.makeKey(role, password);
        const address = folder.addressOf(BUYER)!;
        output.result({ folder: folder.path, passwordFile: folder.passwordFile, address }, () =>
          [
            ...PAY_ROLES.map(
              ({ name, isFor, needs, lost }) => `${name}\n  for    ${isFor}\n  needs  ${needs}\n  lost   ${lost}`,
            ),
            `They lie encrypted in ${folder.path}/keys; ${isNew ? 'a new password was written to' : 'the password is in'} ${folder.passwordFile}.`,
            `Now send dollars to ${address} (on a development chain: oml pay fund), then: oml pay serve`,
          ].join('\n'),
        );
      }),
    );

  onChain(inFolder(pay.command('fund')))
    .description('give the buyer dollars, on development chains, where they are free')
    .option('--amount <dollars>', 'how many', '10')
    .action(
      run(async ({ output }, flags: Flags & { amount: string }) => {
        const folder = new HostFolder(flags, PAY_FOLDER);
        const { RPC_URL, OML_DEPLOYMENT } = settle(folder, flags);
        const deployment = readDeployment(OML_DEPLOYMENT);
        const key = await folder.secretOf(BUYER);
        const address = folder.addressOf(BUYER)!;
        const amount = dollars(flags.amount, '--amount');
        const balance = await giveDevDollars({ deployment }, RPC_URL, { key, address, amount });
        output.result({ address, balance }, () => `${address} has $${formatDollars(balance)}.`);
      }),
    );

  buying(onChain(inFolder(pay.command('serve'))))
    .description('an OpenAI-compatible API on this machine that buys what it is asked for')
    .option('--port <port>', 'port to listen on; 0 lets the system choose', '4410')
    .option('--listen <address>', 'address to listen on', '127.0.0.1')
    .action(
      run(async ({ output, signal }, flags: PurseFlags & { port: string; listen: string }) => {
        const port = whole(flags.port, '--port', 0, 65_535);
        const { token, file } = tokenIn(new HostFolder(flags, PAY_FOLDER));
        const purse = await openPurse(flags, (text) => output.note(text));
        try {
          await servePurse(purse, proxyApp(purse, token), {
            port,
            host: flags.listen,
            signal,
            onListening(origin) {
              const url = `${origin}/v1`;
              output.result({ url, tokenFile: file, account: purse.address }, () =>
                [`OPENAI_BASE_URL=${url}`, `OPENAI_API_KEY=$(cat ${file})`, 'Ctrl-C stops it.'].join('\n'),
              );
            },
          });
        } finally {
          purse.close();
        }
      }),
    );

  buying(onChain(inFolder(pay.command('mcp'))))
    .description(
      'the same for agents: an MCP server on standard input and output (search_models, quote, ask, receipts)',
    )
    .option('--http', 'over HTTP instead, on this machine alone, for clients that start nothing themselves')
    .option('--port <port>', 'with --http: port to listen on; 0 lets the system choose', '4411')
    .action(
      run(async (context, flags: PurseFlags & { http?: boolean; port: string }) => {
        const port = whole(flags.port, '--port', 0, 65_535);
        const purse = await openPurse(flags, (text) => context.output.note(text));
        try {
          await (flags.http ? overHttp(context, purse, flags, port) : overStdio(context, purse));
        } finally {
          purse.close();
        }
      }),
    );

  buying(onChain(inFolder(pay.command('leave'))))
    .description('end the channels with all hosts; what is left in them comes back to the account')
    .option('--past-hosts', 'where a host does not end one: ask the chain for it, and take it two days later')
    .action(
      run(async ({ output, setFailed }, flags: PurseFlags & { pastHosts?: boolean }) => {
        const purse = await openPurse(flags, (text) => output.note(text));
        try {
          const channels = await purse.leave();
          const stuck = channels.filter(({ why }) => why);
          const withdrawn = flags.pastHosts ? await purse.leavePastHosts() : [];
          if (withdrawn.some(({ why }) => why) || (stuck.length > 0 && !flags.pastHosts)) setFailed();
          output.result({ account: purse.address, channels, withdrawn }, () => leftLines(channels, withdrawn));
        } finally {
          purse.close();
        }
      }),
    );

  addPayRecords(pay, run);
};

async function overStdio({ signal }: CommandContext, purse: Purse): Promise<void> {
  const server = mcpServer(purse, VERSION);
  const over = Promise.withResolvers<void>();
  server.server.onclose = over.resolve;
  process.stdin.once('end', over.resolve);
  signal.addEventListener('abort', () => over.resolve(), { once: true });
  const stopRedeeming = redeemNowAndThen(purse);
  await server.connect(new StdioServerTransport());
  await over.promise;
  await stopRedeeming();
  await server.close();
}

async function overHttp({ output, signal }: CommandContext, purse: Purse, flags: Flags, port: number): Promise<void> {
  const { token, file } = tokenIn(new HostFolder(flags, PAY_FOLDER));
  const app = mcpApp(() => mcpServer(purse, VERSION), token);
  await servePurse(purse, app, {
    port,
    host: '127.0.0.1',
    signal,
    onListening(origin) {
      const url = `${origin}${MCP_PATH}`;
      output.result({ url, tokenFile: file, account: purse.address }, () =>
        [url, `Authorization: Bearer $(cat ${file})`, 'Ctrl-C stops it.'].join('\n'),
      );
    },
  });
}

function leftLines(channels: readonly Left[], withdrawn: readonly Withdrawn[]): string {
  const lines = [
    ...channels.map(({ host, refunded, why }) => `${host}  ${why ?? `$${formatDollars(BigInt(refunded!))} came back`}`),
    ...withdrawn.map(({ host, asked, taken, ripeAt, why }) => {
      if (why) return `${host}  ${why}`;
      if (taken) return `${host}  $${formatDollars(BigInt(taken))} came back past the host`;
      return `${host}  $${formatDollars(BigInt(asked!))} can be taken from ${ripeAt} on: run this again then`;
    }),
  ];
  return lines.join('\n') || 'No channel is open.';
}

const onChain = (command: Command): Command =>
  command
    .option('--rpc <url>', 'RPC endpoint of the chain; kept')
    .option('--deployment <file>', 'addresses of the contracts; kept');

const collect = (value: string, before: string[]): string[] => [...before, value];

const buying = (command: Command): Command =>
  command
    .option(
      '--host <url>',
      'buy from this host alone; may be given several times (default: all on the chain)',
      collect,
      [],
    )
    .option('--per-day <dollars>', 'spend no more in a day of UTC (default: what oml pay budget keeps, or 1)')
    .option('--per-month <dollars>', 'spend no more in a month of UTC (default: what oml pay budget keeps, or 10)')
    .option('--max-price <dollars>', 'pay no more for one answer', '0.05')
    .option('--deposit <dollars>', 'what opens a channel with a host; what is not used comes back', '0.5')
    .option('--at-once <number>', 'most answers of one host at once, each out of a channel of its own', '4');
