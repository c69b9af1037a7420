import { readDeployment } from '@oml/contracts/deployment';
import { TERMS_KIND } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import type { Metered } from '@oml/protocol/wire/price';
import { uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import {
  acceptTerms,
  activateLicense,
  openLicenseOf,
  readOffer,
  waitForDelivery,
  type Say,
} from '@oml/service/license';
import { checkListedEndpoint } from '@oml/service/listed-endpoint';
import { baseUrl, path, privateKey, rpcUrl } from '@oml/service/options';
import { sealingKeyPair } from '@oml/service/seal';
import { fetchEdition, openEdition } from '@oml/service/sealed-edition';
import { join } from 'node:path';
import { privateKeyToAccount, privateKeyToAddress } from 'viem/accounts';
import { z } from 'zod';
import { checkFileDigest, checkRoot, isEditionIn, kindOf, recordedDigest, writeEdition } from './edition.ts';
import { checkFunds } from '../health/funds.ts';
import { bindSigner, postBond } from './host-account.ts';
import { writeListing } from './listings.ts';
import { reserveCover } from './title-cover.ts';
import { ensureVault } from '../vault/ensure-vault.ts';

/** What taking a license reads from the environment. */
export const environment = z.object({
  RPC_URL: rpcUrl,
  OML_DEPLOYMENT: path,
  DATA_DIR: path,
  HOST_KEY: privateKey,
  SIGNER_KEY: privateKey,
  /** Bound too if given: only who acts for the account collects from channels. */
  GAS_KEY: privateKey.optional(),
  SEALING_SEED: privateKey,
});
/** What taking a license is told on the command line. */
export const flagsSchema = z.object({
  'model-id': uint,
  name: z.string().min(1).max(120),
  price: uint,
  'per-call': uint.optional(),
  'per-million-input-tokens': uint.optional(),
  'per-million-output-tokens': uint.optional(),
  'per-second': uint.optional(),
  endpoint: baseUrl,
  timeout: z.coerce.number().positive().default(600),
});
export type Flags = z.output<typeof flagsSchema>;

/** Takes the license, fetches the edition and lists it. Throws what its steps throw; each may be run again. */
export async function onboard(flags: Flags, env: z.output<typeof environment>, say: Say) {
  const chain = connectChain({
    rpcUrl: env.RPC_URL,
    deployment: readDeployment(env.OML_DEPLOYMENT),
    key: env.HOST_KEY,
  });
  await checkChain(chain);
  const silent = await checkListedEndpoint(flags.endpoint, chain.deployment);
  say(`endpoint: ${flags.endpoint} ${silent ? `does not answer yet (${silent})` : 'answers'}`);
  const modelId = flags['model-id'];
  const offer = await readOffer(chain, modelId, TERMS_KIND.SERVE);
  if (flags.price < offer.price)
    throw new OmlError(
      'REQUEST_INVALID',
      `The terms ask for at least ${formatDollars(offer.price)} per call; --price is ${formatDollars(flags.price)}.`,
    );
  const keys = await sealingKeyPair(env.SEALING_SEED);
  const open = await openLicenseOf(chain, modelId, TERMS_KIND.SERVE);
  if (open === 0n) await checkFunds(chain, { offer, gas: env.GAS_KEY && privateKeyToAddress(env.GAS_KEY) }, say);
  await postBond(chain, open === 0n ? offer.bond : 0n, say);
  await bindSigner(chain, privateKeyToAccount(env.SIGNER_KEY), say);
  if (env.GAS_KEY) await bindSigner(chain, privateKeyToAccount(env.GAS_KEY), say);
  const licenseId = open === 0n ? await acceptTerms(chain, modelId, offer, flags.endpoint, keys.publicKey, say) : open;
  const timeoutMs = flags.timeout * 1_000;
  const { vault, editionRoot } = await waitForDelivery(chain, licenseId, timeoutMs, say);
  const folder = join('editions', String(licenseId));
  const edition = join(env.DATA_DIR, folder);
  const recorded = await recordedDigest(chain, licenseId);
  if (await isEditionIn(edition, editionRoot, recorded)) say(`edition: ${folder} is in place`);
  else {
    const sealed = await fetchEdition({ uri: offer.uri, licenseId, deployment: chain.deployment }, timeoutMs);
    const opened = await openEdition(sealed, keys, licenseId);
    await checkRoot(opened.files, editionRoot);
    checkFileDigest(opened.packed, recorded);
    writeEdition(edition, opened);
    say(`edition: opened, checked against the chain and written to ${folder}`);
  }
  await ensureVault(chain, { licenseId, vault }, chain.send);
  await reserveCover(chain, { licenseId, modelId }, say);
  await activateLicense(chain, licenseId, say);
  const kind = await kindOf(edition);
  const metered = meteredOf(flags);
  writeListing(env.DATA_DIR, { model: flags.name, kind, licenseId, price: flags.price, metered, folder });
  say(`listed: ${flags.name} at ${metered ? 'up to ' : ''}${formatDollars(flags.price)} a call`);
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

/** By what a call used, where any rate is named. */
function meteredOf(flags: Flags): Metered | undefined {
  const rates = {
    perCall: flags['per-call'] ?? 0n,
    perMillionInputTokens: flags['per-million-input-tokens'] ?? 0n,
    perMillionOutputTokens: flags['per-million-output-tokens'] ?? 0n,
    perSecond: flags['per-second'] ?? 0n,
  };
  return Object.values(rates).some((rate) => rate > 0n) ? { least: 0n, ...rates } : undefined;
}
