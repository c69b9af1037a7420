import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { baseUrl, privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { sealingKeyPair } from '@oml/service/seal';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { fetchEdition, isEditionIn, kindOf, openEdition, writeEdition } from './edition.ts';
import { bindSigner, postBond, type Say } from './host-account.ts';
import { acceptTerms, activateLicense, openLicenseOf, readOffer, waitForDelivery } from './license-accept.ts';
import { writeListing } from './listings.ts';
import { ensureVault } from './vault-code.ts';

const HELP = `Takes a license on a model and makes this gateway ready to serve it. Every step is skipped if it is done, so it can be run again.

  node src/onboard.ts --model-id N --name NAME --price AMOUNT --endpoint URL [--timeout SECONDS] [--json]

  --model-id   number of the model in the registry
  --name       name under which buyers ask for it
  --price      of one call, in the token's smallest unit (1500 = $0.0015)
  --endpoint   public base URL of the gateway
  --timeout    how long to wait for the edition (600)
  --json       print the result as JSON on stdout; progress goes to stderr

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, HOST_KEY (account that posts the bond), SIGNER_KEY (signs receipts),
SEALING_SEED (32 bytes; opens the edition). Exit code 0: done, 1: fix it, 75: try again.`;

const environment = z.object({
  RPC_URL: baseUrl,
  OML_DEPLOYMENT: z.string(),
  DATA_DIR: z.string(),
  HOST_KEY: privateKey,
  SIGNER_KEY: privateKey,
  SEALING_SEED: privateKey,
});
const flagsSchema = z.object({
  'model-id': uint,
  name: z.string().min(1).max(120),
  price: uint,
  endpoint: baseUrl,
  timeout: z.coerce.number().positive().default(600),
});
type Flags = z.output<typeof flagsSchema>;

/** Takes the license, fetches the edition and lists it. Throws what its steps throw; each may be run again. */
export async function onboard(flags: Flags, env: z.output<typeof environment>, say: Say) {
  const chain = connectChain({
    rpcUrl: env.RPC_URL,
    deployment: readDeployment(env.OML_DEPLOYMENT),
    key: env.HOST_KEY,
  });
  await checkChain(chain);
  const modelId = flags['model-id'];
  const offer = await readOffer(chain, modelId);
  if (flags.price < offer.floorPrice)
    throw new OmlError(
      'REQUEST_INVALID',
      `The terms ask for at least ${formatDollars(offer.floorPrice)} per call; --price is ${formatDollars(flags.price)}.`,
    );
  const keys = await sealingKeyPair(env.SEALING_SEED);
  const open = await openLicenseOf(chain, modelId);
  await postBond(chain, open === 0n ? offer.bond : 0n, say);
  await bindSigner(chain, privateKeyToAccount(env.SIGNER_KEY), say);
  const licenseId = open === 0n ? await acceptTerms(chain, modelId, offer, flags.endpoint, keys.publicKey, say) : open;
  const timeoutMs = flags.timeout * 1_000;
  const { vault, editionRoot } = await waitForDelivery(chain, licenseId, timeoutMs, say);
  const folder = join('editions', String(licenseId));
  const path = join(env.DATA_DIR, folder);
  if (await isEditionIn(path, editionRoot)) say(`edition: ${folder} is in place`);
  else {
    writeEdition(
      path,
      await openEdition(await fetchEdition(offer.uri, licenseId, timeoutMs), keys, licenseId, editionRoot),
    );
    say(`edition: opened, checked against the chain and written to ${folder}`);
  }
  await ensureVault(chain, { licenseId, vault }, chain.send);
  await activateLicense(chain, licenseId, say);
  const kind = kindOf(path);
  writeListing(env.DATA_DIR, { model: flags.name, kind, licenseId, price: flags.price, folder });
  say(`listed: ${flags.name} at ${formatDollars(flags.price)} a call`);
  return {
    modelId: String(modelId),
    licenseId: String(licenseId),
    vault,
    account: chain.account!.address,
    kind,
    editionRoot,
    folder,
  };
}

function readFlags(values: Record<string, unknown>): Flags {
  const parsed = flagsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => `--${issue.path.join('.')}: ${issue.message}`);
  throw new OmlError('REQUEST_INVALID', `${issues.join('; ')}. Run with --help.`);
}

if (import.meta.main) {
  await runMain(async () => {
    const text = { type: 'string' } as const;
    const toggle = { type: 'boolean', default: false } as const;
    const { values } = parseArgs({
      options: { 'model-id': text, name: text, price: text, endpoint: text, timeout: text, json: toggle, help: toggle },
    });
    if (values.help) return console.log(HELP);
    const result = await onboard(readFlags(values), readOptions(environment), (line) => console.error(line));
    console.log(values.json ? JSON.stringify(result) : `License ${result.licenseId} is ready to be served.`);
  });
}
