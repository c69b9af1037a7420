import { readDeployment } from '@oml/contracts/deployment';
import { weightsDigest } from '@oml/onnx/digest';
import { folderFiles } from '@oml/onnx/file/byte-source';
import { openStored } from '@oml/onnx/file/stored-model';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import {
  acceptTerms,
  activateLicense,
  openLicenseOf,
  readOffer,
  waitForDelivery,
  type Offer,
  type Say,
} from '@oml/service/license';
import { path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { sealingKeyPair } from '@oml/service/seal';
import { fetchEdition, openEdition, type EditionFiles } from '@oml/service/sealed-edition';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Hex } from 'viem';
import { z } from 'zod';

const HELP = `Takes a license to build on somebody's model, and opens the edition that comes with it. Every step is skipped if it is done, so it can be run again.

  npm run derive -w @oml/publisher -- --model-id N --dir FOLDER --max-price AMOUNT --max-royalty-bps N [options]

  --model-id N         number of the model in the registry
  --dir FOLDER         where the edition's files go: model.onnx, and a tokenizer if it has one
  --max-price AMOUNT   the most to pay for the right, once, in the token's smallest unit
  --max-royalty-bps N  the most that every use of the child may owe, of the net amount
  --timeout SECONDS    how long to wait for the edition (600)
  --json               print the result as JSON on stdout; progress goes to stderr
  --help

Then publish what you made of it: publish-model with --parent N, at the publisher whose account took the license.

Environment: RPC_URL, OML_DEPLOYMENT, AGENT_KEY (of that publisher: it pays, and mints the child), SEALING_SEED (32
bytes; opens the edition). Exit code 0: done, 1: fix it, 75: try again.`;

const environment = z.object({
  RPC_URL: rpcUrl,
  OML_DEPLOYMENT: path,
  AGENT_KEY: privateKey,
  SEALING_SEED: privateKey,
});
const flagsSchema = z.object({
  'model-id': uint,
  dir: z.string().min(1),
  'max-price': uint,
  'max-royalty-bps': z.coerce.number().int().min(0).max(10_000),
  timeout: z.coerce.number().positive().default(600),
});
type Flags = z.output<typeof flagsSchema>;

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const bounds = { 'max-price': text, 'max-royalty-bps': text, timeout: text };
  const { values } = parseArgs({ options: { 'model-id': text, dir: text, ...bounds, json: toggle, help: toggle } });
  if (values.help) return console.log(HELP);
  const result = await derive(readFlags(flagsSchema, values), readOptions(environment), (line) => console.error(line));
  console.log(
    values.json ? JSON.stringify(result) : `License ${result.licenseId} lets this account build on the model.`,
  );
});

/** Takes the license, opens the edition and takes it up. Throws what its steps throw; each may be run again. */
async function derive(flags: Flags, env: z.output<typeof environment>, say: Say) {
  const deployment = readDeployment(env.OML_DEPLOYMENT);
  const chain = connectChain({ rpcUrl: env.RPC_URL, deployment, key: env.AGENT_KEY });
  await checkChain(chain);
  const { 'model-id': modelId, dir } = flags;
  const open = await openLicenseOf(chain, modelId, TERMS_KIND.DERIVE);
  const offer = await readOffer(chain, modelId, TERMS_KIND.DERIVE);
  const keys = await sealingKeyPair(env.SEALING_SEED);
  if (open === 0n) refuseDearer(offer, flags);
  const licenseId = open === 0n ? await acceptTerms(chain, modelId, offer, '', keys.publicKey, say) : open;
  const timeoutMs = flags.timeout * 1_000;
  const { vault, editionRoot } = await waitForDelivery(chain, licenseId, timeoutMs, say);
  const sealed = await fetchEdition({ uri: offer.uri, licenseId, deployment }, timeoutMs);
  const { files } = await openEdition(sealed, keys, licenseId);
  await checkWeights(files, editionRoot);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  for (const [name, bytes] of files) writeFileSync(join(dir, name), bytes, { mode: 0o600 });
  say(`edition: opened, checked against the chain and written to ${dir}`);
  await activateLicense(chain, licenseId, say);
  return {
    modelId: String(modelId),
    licenseId: String(licenseId),
    vault,
    account: chain.account!.address,
    editionRoot,
  };
}

function refuseDearer({ price, royaltyBps }: Offer, flags: Flags): void {
  if (price > flags['max-price'])
    throw new OmlError(
      'REQUEST_INVALID',
      `The right costs ${formatDollars(price)}; --max-price is ${formatDollars(flags['max-price'])}.`,
    );
  if (royaltyBps > flags['max-royalty-bps'])
    throw new OmlError(
      'REQUEST_INVALID',
      `Every use of a child owes ${royaltyBps} bps; --max-royalty-bps is ${flags['max-royalty-bps']}.`,
    );
}

async function checkWeights(files: EditionFiles, editionRoot: Hex): Promise<void> {
  if (files.has('model.onnx') && (await weightsDigest(await openStored(folderFiles(files)))) === editionRoot) return;
  throw new OmlError('EDITION_INVALID', 'The edition is not the one that the publisher recorded on chain.');
}
