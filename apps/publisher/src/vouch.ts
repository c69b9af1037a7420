import { readDeployment } from '@oml/contracts/deployment';
import { isOmlErrorCode, OmlError } from '@oml/protocol/error';
import { vouchOrderTypedData } from '@oml/protocol/signed/vouch-order';
import { HEADERS } from '@oml/protocol/wire/headers';
import { uint } from '@oml/protocol/wire/scalars';
import { vouchSchema } from '@oml/protocol/wire/vouch';
import { readFlags } from '@oml/service/flags';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { sleep } from '@oml/service/wait';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { call } from './owner/follow.ts';

const HELP = `Has your publisher vouch for your model: raise its title bond, register a name for you, or both, out of the publisher's
account, as far as its operator allows (TITLE_BOND_MOST, NAME_DEPOSIT_MOST).

  npm run vouch -w @oml/publisher -- --publisher URL --model-id N [--title-bond AMOUNT] [--name NAME]

  --title-bond AMOUNT  what the bond is raised to, in the token's smallest unit; nothing where it is as high
  --name NAME          3 to 32 of a-z, 0-9 and single hyphens inside
  --json               print the answer as JSON
  --help               this text

Both are yours then. Point the name (oml name point NAME MODEL), give it up (oml name give-up), hand it on (oml name
transfer), or take the bond out (oml model bond announce, then withdraw): the money comes to you.
Environment: OWNER_KEY (the private key of the model's owner), OML_DEPLOYMENT (path of the deployment's addresses).
`;

const POLL_MS = 500;
const env = z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path });
const flagsSchema = z.object({
  publisher: baseUrl,
  'model-id': uint,
  'title-bond': uint.optional(),
  name: z.string().min(1).optional(),
});

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const texts = { publisher: text, 'model-id': text, 'title-bond': text, name: text } as const;
  const { values } = parseArgs({ options: { ...texts, json: toggle, help: toggle } });
  if (values.help) return void process.stdout.write(HELP);
  const flags = readFlags(flagsSchema, values);
  const done = await order(flags);
  const next = flags.name === undefined ? '' : ` Now: oml name point ${flags.name} ${flags['model-id']}`;
  console.log(values.json ? JSON.stringify(done) : `It stands, in ${done.transactions.length} transactions.${next}`);
});

async function order({
  publisher,
  'model-id': modelId,
  'title-bond': titleBond = 0n,
  name = '',
}: z.output<typeof flagsSchema>) {
  const { OWNER_KEY, OML_DEPLOYMENT } = readOptions(env);
  const { chainId, contracts } = readDeployment(OML_DEPLOYMENT);
  const askedAt = Math.floor(Date.now() / 1000);
  const signed = { modelId, titleBond, name, askedAt: BigInt(askedAt) };
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signature = await privateKeyToAccount(OWNER_KEY).signTypedData(vouchOrderTypedData(signed, registry));
  const body = { ...(titleBond > 0n ? { titleBond: String(titleBond) } : {}), ...(name ? { name } : {}), askedAt };
  const headers = { 'content-type': 'application/json', [HEADERS.signature]: signature };
  const url = `${publisher}/models/${modelId}/vouch`;
  let told = vouchSchema.parse(await call(url, { method: 'POST', headers, body: JSON.stringify(body) }));
  while (told.state === 'running') {
    await sleep(POLL_MS);
    told = vouchSchema.parse(await call(`${url}/${told.id}`));
  }
  if (told.state === 'done') return told;
  const { code = 'UNAVAILABLE', message = 'The publisher does not say why.' } = told.error ?? {};
  throw new OmlError(isOmlErrorCode(code) ? code : 'UNAVAILABLE', message, { retryable: false });
}
