import { licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { address, uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { tellError } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { isAddressEqual, type Address } from 'viem';
import { z } from 'zod';
import { BUCKETS, payOut, type Payout, type Vault } from './vault/pay-out.ts';

const HELP = `Pays out what lies in vaults, to whom it belongs. Anyone may; the key only pays for gas.

  npm run payout -w @oml/publisher -- --license ID | --vault ADDRESS [options]

  --license ID      the vault of this license (repeatable)
  --vault ADDRESS   this vault (repeatable)
  --only BUCKET     owner, ancestors, host or protocol (repeatable; all)
  --credit ADDRESS  also pay this payee what the token once refused it (repeatable)
  --min N           the least that is worth a transaction, in the token's smallest unit (1)
  --json            print only the result, as JSON
  --help

Environment: RPC_URL, OML_DEPLOYMENT (path of the deployment's addresses), GAS_KEY (pays for gas).
`;

const schema = z.object({
  license: z.array(uint).default([]),
  vault: z.array(address).default([]),
  only: z.array(z.enum(BUCKETS)).default([...BUCKETS]),
  credit: z.array(address).default([]),
  min: uint.refine((least) => least > 0n, 'must be at least 1').default(1n),
  json: z.boolean(),
  help: z.boolean(),
});
type Values = z.output<typeof schema>;

function readArguments(): Values {
  const many = { type: 'string', multiple: true } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    license: many,
    vault: many,
    only: many,
    credit: many,
    min: { type: 'string' },
    json: flag,
    help: flag,
  } as const;
  try {
    const values = schema.parse(parseArgs({ options }).values);
    if (!values.help && values.license.length + values.vault.length === 0)
      throw new Error('--license or --vault is needed');
    return values;
  } catch (cause) {
    const problem =
      cause instanceof z.ZodError
        ? cause.issues.map(({ path, message }) => `--${String(path[0])}: ${message}`).join('; ')
        : (cause as Error).message;
    throw new OmlError('REQUEST_INVALID', `${problem} (see --help)`, { cause });
  }
}

/** The vault of a license. Throws NOT_FOUND. */
async function vaultOf({ publicClient, deployment }: Chain, licenseId: bigint): Promise<Vault> {
  const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const count = await publicClient.readContract({ ...registry, functionName: 'licenseCount' });
  if (licenseId === 0n || licenseId > count) throw new OmlError('NOT_FOUND', `There is no license ${licenseId}.`);
  const [vault, { modelId }] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'vaultOf', args: [licenseId] }),
    publicClient.readContract({ ...registry, functionName: 'license', args: [licenseId] }),
  ]);
  return { licenseId, modelId, address: vault };
}

/** The vault at an address, if the registry of this deployment knows it as one. Throws NOT_FOUND. */
async function vaultAt(chain: Chain, at: Address): Promise<Vault> {
  const licenseId = await chain.publicClient
    .readContract({ address: at, abi: revenueVaultAbi, functionName: 'licenseId' })
    .catch((cause: unknown) => {
      throw new OmlError('NOT_FOUND', `There is no vault at ${at} yet; name its license instead.`, { cause });
    });
  const vault = await vaultOf(chain, licenseId);
  if (!isAddressEqual(vault.address, at)) throw new OmlError('NOT_FOUND', `${at} is no vault of this deployment.`);
  return vault;
}

async function payOutAll(values: Values): Promise<Payout[]> {
  const env = readOptions(z.object({ RPC_URL: rpcUrl, OML_DEPLOYMENT: path, GAS_KEY: privateKey }));
  const deployment = readDeployment(env.OML_DEPLOYMENT);
  const chain = connectChain({ rpcUrl: env.RPC_URL, deployment, key: env.GAS_KEY });
  await checkChain(chain);
  await chain.settled();
  const vaults = [
    ...(await Promise.all(values.license.map((licenseId) => vaultOf(chain, licenseId)))),
    ...(await Promise.all(values.vault.map((at) => vaultAt(chain, at)))),
  ];
  const paying = { chain, least: values.min, buckets: values.only, credits: values.credit };
  const all: Payout[] = [];
  for (const vault of vaults) {
    const payouts = await payOut(paying, vault);
    for (const payout of payouts) console.error(lineOf(vault, payout));
    all.push(...payouts);
  }
  return all;
}

function lineOf({ licenseId }: Vault, { functionName, amount, ...end }: Payout): string {
  const what = `license ${licenseId}: ${functionName} ${formatDollars(amount)}`;
  if ('tx' in end) return `${what}, ${end.tx}`;
  return `${what} failed: ${end.error instanceof Error ? end.error.message : String(end.error)}`;
}

const resultOf = (payouts: readonly Payout[]) =>
  payouts.flatMap(({ functionName, amount, ...end }) =>
    'tx' in end ? [{ functionName, amount: String(amount), tx: end.tx }] : [],
  );

try {
  const values = readArguments();
  if (values.help) process.stdout.write(HELP);
  else {
    const payouts = await payOutAll(values);
    const sent = resultOf(payouts);
    console.log(values.json ? JSON.stringify(sent) : sent.length > 0 ? 'Paid out.' : 'Nothing was due.');
    if (sent.length < payouts.length) process.exitCode = 1;
  }
} catch (error) {
  process.exitCode = tellError(error);
}
