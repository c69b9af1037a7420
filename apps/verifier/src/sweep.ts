import { readDeployment } from '@oml/contracts/deployment';
import { formatDollars } from '@oml/protocol/money';
import { address } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { formatEther } from 'viem';
import { z } from 'zod';
import { verifierOptions } from './options.ts';
import { accountsOf } from './payers/accounts.ts';
import { channelsIn } from './payers/channels.ts';
import { sweepAccounts, type Swept } from './payers/sweep.ts';
import { saltsOf } from './programs/salts.ts';
import { openVerifierStore } from './store.ts';

const HELP = `Takes back what the payers of audits that are over have left: tokens, coins for gas, and what lies in
channels. A sweep shows on chain which accounts were yours: send the money where anybody's money goes, such as an
exchange, and fill the purse of the next audits from there, under another PURSE_KEY.

  npm run sweep -w @oml/verifier -- --to ADDRESS [options]

  --to ADDRESS   who gets it
  --scan N       look at so many accounts, also where DATA_DIR is lost: their keys follow from SEALING_SEED
  --json         print the result as JSON on stdout
  --help

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, STORE (if the verifier has one), SEALING_SEED, VERIFIER_KEY and
PURSE_KEY (pays for the gas). The verifier may be running. Run again, it takes what has come since.
Exit code 0: done, 1: fix it, 75: try again.`;

const flags = z.object({
  to: address,
  scan: z.coerce.number().int().min(0).max(1_000_000).optional(),
  json: z.boolean(),
});

const environment = verifierOptions.pick({
  RPC_URL: true,
  OML_DEPLOYMENT: true,
  DATA_DIR: true,
  STORE: true,
  SEALING_SEED: true,
  VERIFIER_KEY: true,
  PURSE_KEY: true,
});

await runMain(async () => {
  const toggle = { type: 'boolean', default: false } as const;
  const { help, ...values } = parseArgs({
    options: { to: { type: 'string' }, scan: { type: 'string' }, json: toggle, help: toggle },
  }).values;
  if (help) return console.log(HELP);
  const { to, scan, json } = readFlags(flags, values);
  const env = readOptions(environment);
  const deployment = readDeployment(env.OML_DEPLOYMENT);
  const rpcUrl = env.RPC_URL;
  const source = connectChain({ rpcUrl, deployment, key: env.PURSE_KEY ?? env.VERIFIER_KEY });
  await checkChain(source);
  const store = await openVerifierStore(env);
  try {
    const accounts = accountsOf(store, saltsOf(env.SEALING_SEED));
    const numbers = await accounts.idle(scan ?? 0);
    const found: Swept[] = [];
    const parts = { rpcUrl, source, accounts, store, channels: channelsIn(store) };
    await sweepAccounts(parts, numbers, to, (swept) => {
      found.push(swept);
      if (!json) console.log(wordsOf(swept));
    });
    if (json)
      console.log(JSON.stringify(found, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
    else console.log(`${numbers.length} accounts looked at, $${formatDollars(totalOf(found))} sent to ${to}.`);
  } finally {
    await store.close();
  }
});

const totalOf = (all: readonly Swept[]): bigint => all.reduce((sum, { tokens }) => sum + tokens, 0n);

function wordsOf({ account, tokens, coins, channels }: Swept): string {
  const waiting = channels.map(
    ({ left, ripeAt }) =>
      `; $${formatDollars(left)} in a channel, back from ${new Date(Number(ripeAt) * 1_000).toISOString()} on`,
  );
  return `${account}: $${formatDollars(tokens)}, ${formatEther(coins)} coins${waiting.join('')}`;
}
