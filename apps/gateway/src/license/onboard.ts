import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { baseUrl, privateKey } from '@oml/service/options';
import { sealingKeyPair } from '@oml/service/seal';
import { join } from 'node:path';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { fetchEdition, isEditionIn, kindOf, openEdition, writeEdition } from './edition.ts';
import { bindSigner, postBond, type Say } from './host-account.ts';
import { acceptTerms, activateLicense, openLicenseOf, readOffer, waitForDelivery } from './accept.ts';
import { writeListing } from './listings.ts';
import { ensureVault } from '../vault/ensure-vault.ts';

/** What taking a license reads from the environment. */
export const environment = z.object({
  RPC_URL: baseUrl,
  OML_DEPLOYMENT: z.string(),
  DATA_DIR: z.string(),
  HOST_KEY: privateKey,
  SIGNER_KEY: privateKey,
  SEALING_SEED: privateKey,
});
/** What taking a license is told on the command line. */
export const flagsSchema = z.object({
  'model-id': uint,
  name: z.string().min(1).max(120),
  price: uint,
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
