import { licenseRegistryAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { address, bytes32, uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import { path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { zeroAddress } from 'viem';
import { z } from 'zod';
import { createGasAccount } from './payment/gas-account.ts';
import { payShortfall, shortfallOf } from './vault/shortfall.ts';

const HELP = `Books a use whose money is gone, and pays what is lacking. Anyone may: for a host that is down while a claim runs.

  npm run shortfall -w @oml/gateway -- --license ID --payment REF --client ADDRESS --total N --most N

  --license ID      the license that the receipt names
  --payment REF     paymentRef of the receipt
  --client ADDRESS  client of the receipt
  --total N         cumulative of the receipt, in the token's smallest unit
  --most N          pay nothing if more than this is lacking, in the token's smallest unit
  --help

Environment: RPC_URL, OML_DEPLOYMENT (path of the deployment's addresses), GAS_KEY (pays what is lacking, and the gas).
Exit code 0: booked, 1: fix it, 75: try again.`;

const flags = z.object({ license: uint, payment: bytes32, client: address, total: uint, most: uint });

await runMain(async () => {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: { license: text, payment: text, client: text, total: text, most: text, help: { type: 'boolean' } },
  });
  if (values.help) return console.log(HELP);
  const { license, payment: paymentRef, client, total, most } = readFlags(flags, values);
  const env = readOptions(z.object({ RPC_URL: rpcUrl, OML_DEPLOYMENT: path, GAS_KEY: privateKey }));
  const chain = connectChain({ rpcUrl: env.RPC_URL, deployment: readDeployment(env.OML_DEPLOYMENT) });
  await checkChain(chain);
  const vault = await chain.publicClient.readContract({
    address: chain.deployment.contracts.licenseRegistry,
    abi: licenseRegistryAbi,
    functionName: 'vaultOf',
    args: [license],
  });
  if (vault === zeroAddress) throw new OmlError('NOT_FOUND', `There is no license ${license}.`);
  const due = { vault, paymentRef, client, total };
  const lacking = await shortfallOf(chain, due);
  if (lacking === 0n) return console.log('It is booked already.');
  if (lacking > most)
    throw new OmlError('REQUEST_INVALID', `$${formatDollars(lacking)} are lacking, more than --most.`);
  const gas = createGasAccount(chain, env.GAS_KEY);
  console.log(`Paid $${formatDollars(lacking)}: ${await payShortfall({ chain, gas }, due, lacking)}`);
});
