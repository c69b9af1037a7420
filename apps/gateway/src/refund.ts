import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { bytes32 } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { gatewayOptions } from './options.ts';
import { createGasAccount } from './payment/gas-account.ts';
import { refundExact } from './payment/refund-exact.ts';
import { openGatewayStore } from './store.ts';

const HELP = `Pays a single payment back whose answer failed, out of the gas account's own dollars. It is good for
no answer any more then. What it brought stays in the vault. Run again, it pays nothing twice.

  npm run refund -w @oml/gateway -- PAYMENT [--json]

  PAYMENT  payment_ref of the refusal (ANSWER_FAILED), 32 bytes of hex
  --json   print the result as JSON on stdout
  --help

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, STORE (if the gateway has one), GAS_KEY (pays, and the gas).
The gateway may be running. Exit code 0: paid back, 1: fix it, 75: try again.`;

const environment = gatewayOptions.pick({
  RPC_URL: true,
  OML_DEPLOYMENT: true,
  DATA_DIR: true,
  STORE: true,
  GAS_KEY: true,
});

await runMain(async () => {
  const toggle = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({ options: { json: toggle, help: toggle }, allowPositionals: true });
  if (values.help) return console.log(HELP);
  const payment = bytes32.safeParse(positionals[0]);
  if (!payment.success || positionals.length !== 1)
    throw new OmlError('REQUEST_INVALID', 'PAYMENT is 32 bytes of hex. Run with --help.');
  const env = readOptions(environment);
  const chain = connectChain({ rpcUrl: env.RPC_URL, deployment: readDeployment(env.OML_DEPLOYMENT) });
  await checkChain(chain);
  const store = await openGatewayStore(env.STORE ?? join(env.DATA_DIR, 'gateway.sqlite'));
  try {
    const gas = createGasAccount(chain, env.GAS_KEY);
    const paid = await refundExact({ chain, store, gas, payer: privateKeyToAccount(env.GAS_KEY) }, payment.data);
    const { client, amount, tx } = paid;
    const words = `$${formatDollars(amount)} to ${client}: ${tx ?? 'paid back before'}`;
    console.log(values.json ? JSON.stringify({ ...paid, amount: String(amount) }) : words);
  } finally {
    await store.close();
  }
});
