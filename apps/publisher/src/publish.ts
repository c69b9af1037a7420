import { readDeployment } from '@oml/contracts/deployment';
import { USUAL_SIZES } from '@oml/fingerprint/code-book/usual-sizes';
import { OmlError } from '@oml/protocol/error';
import { bookReach, reachInWords } from '@oml/protocol/evidence/reach';
import { termsPriceFault } from '@oml/protocol/price-guard';
import { signPublishRequest } from '@oml/protocol/signed/publish-request';
import { fingerprintProfile, type FingerprintProfile } from '@oml/protocol/wire/fingerprint-profile';
import { modelKind } from '@oml/protocol/wire/model-kind';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { publicationPlanSchema, type PublicationPlanJson } from '@oml/protocol/wire/publication-plan';
import { mayPublishSchema } from '@oml/protocol/wire/publishing';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { tellError } from '@oml/service/run';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { chooseProfile } from './owner/choose-profile.ts';
import { call, order, type Published } from './owner/follow.ts';
import { namedFile, readFolder, readWhole, uploadIdsOf, type NamedFile } from './owner/model-folder.ts';
import { planInWords } from './programs/publication-plan.ts';
import { uploadAll } from './owner/upload-all.ts';

const HELP = `Publishes a model: uploads its files, signs the request as its owner, follows the publication.

  npm run publish-model -w @oml/publisher -- --publisher URL --name NAME --kind language|classifier --dir FOLDER [options]

  --publisher URL      the owner's agent, such as http://127.0.0.1:4200
  --name NAME          how the marketplace calls the model
  --kind KIND          language or classifier
  --dir FOLDER         model.onnx, and what its weights lie in; tokenizer.json, tokenizer_config.json, config.json,
                       README.md (the card), preprocessing.json; ordinary and heldout, as "oml data make" writes
                       them: .i32, .u8 or .f32, with heldout.labels.u8
  --panel FOLDER       a clean model of the same kind and tokenizer, for the control panel (repeatable)
  --common N           keys in every edition, evidence of use (64; classifier 36)
  --tracing N          keys of which every edition holds a subset, evidence of source (64; classifier 0)
  --bits N             2^N candidate answers per key (6; classifier 3)
  --profile NAME       how they are put into the model: fast, seconds, and not for hosts that may be hostile; hardened,
                       minutes; anchored, twice that, and the most lasting against a host that adapts (hardened for
                       language models of up to five million weights, else fast)
  --floor-price N      least amount of one use, in the token's smallest unit (1000)
  --min-bond N         what a host reserves of its bond, in the token's smallest unit (50000000)
  --owner-share-bps N  owner's share of what is left after protocol fee and pool (5000)
  --slash-bps N        share of the bond that a slash takes (5000)
  --terms-uri TEXT     the terms in words, or where they stand
  --derive-price N     what the right to build on the model costs, once; without it, nobody may
  --royalty-bps N      what a child of it pays on every use, of the net amount (1000)
  --private-price N    what it costs to run the model for oneself, for each period; without it, nobody may
  --private-days N     days of a period (30)
  --approval           every licensee waits for your word (npm run licensee)
  --parent ID          a model that this one is built on: yours, or by a license of the publisher's
                       account (src/derive.ts); --dir then holds what you made of its edition (repeatable)
  --demo               gives a demo edition away: anybody may download its marked weights and run them without
                       paying. Classifiers only; npm run demo takes it back, but not what was downloaded
  --force              also prices that look like a slip: a use far from $0.001, a right dearer than $100,000
  --keep FILE          keeps the order as JSON: beside OWNER_SECRET and the files all that a lost publisher needs
                       to come back (npm run restore)
  --json               print only the result, as JSON
  --help

Environment: OWNER_KEY (the owner's private key), OML_DEPLOYMENT (path of the deployment's addresses).
`;

const DAY_S = 86_400;

type Values = ReturnType<typeof readArguments>;

function readArguments() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = {
    publisher: text,
    name: text,
    kind: text,
    dir: text,
    panel: { ...text, multiple: true },
    common: text,
    tracing: text,
    bits: text,
    profile: text,
    'floor-price': text,
    'min-bond': text,
    'owner-share-bps': text,
    'slash-bps': text,
    'terms-uri': text,
    'derive-price': text,
    'royalty-bps': text,
    'private-price': text,
    'private-days': text,
    approval: flag,
    parent: { ...text, multiple: true },
    demo: flag,
    force: flag,
    keep: text,
    json: flag,
    help: flag,
  } as const;
  try {
    return parseArgs({ options }).values;
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${(cause as Error).message} (see --help)`, { cause });
  }
}

function required(values: Values, name: 'publisher' | 'name' | 'kind' | 'dir'): string {
  const value = values[name];
  if (value === undefined) throw new OmlError('REQUEST_INVALID', `--${name} is needed (see --help).`);
  return value;
}

/** Asked before anything is read or uploaded. Throws UNAUTHORIZED with the publisher's reason. */
async function askLeave(publisher: string, owner: Address): Promise<void> {
  const { may, why } = mayPublishSchema.parse(await call(`${publisher}/owners/${owner}`));
  if (!may) throw new OmlError('UNAUTHORIZED', why ?? `${owner} may not publish at ${publisher}.`);
}

const PRICE_FLAGS = { floorPrice: '--floor-price', derive: '--derive-price', private: '--private-price' };

/** Throws REQUEST_INVALID for a price that looks like a slip; its publisher would refuse it, too. */
function guardPrices({ floorPrice, derive, private: own }: PublishRequestJson['terms']): void {
  const right = (flag: string, of: { price: string } | undefined) => of && { price: amountOf(flag, of.price) };
  const slip = termsPriceFault({
    floorPrice: amountOf(PRICE_FLAGS.floorPrice, floorPrice),
    derive: right(PRICE_FLAGS.derive, derive),
    private: right(PRICE_FLAGS.private, own),
  });
  if (!slip) return;
  const advice = 'Prices are in the token’s smallest unit, a millionth of a dollar. If you mean it, say --force.';
  throw new OmlError('REQUEST_INVALID', `${PRICE_FLAGS[slip.price]} looks like a slip: ${slip.why}. ${advice}`);
}

function amountOf(flag: string, text: string): bigint {
  if (/^\d+$/.test(text)) return BigInt(text);
  throw new OmlError(
    'REQUEST_INVALID',
    `${flag} is in the token's smallest unit, a millionth of a dollar, not "${text}".`,
  );
}

function termsOf(values: Values): PublishRequestJson['terms'] {
  const price = values['derive-price'];
  const own = values['private-price'];
  return {
    floorPrice: values['floor-price'] ?? '1000',
    minBond: values['min-bond'] ?? '50000000',
    ownerShareBps: Number(values['owner-share-bps'] ?? 5000),
    slashBps: Number(values['slash-bps'] ?? 5000),
    uri: values['terms-uri'] ?? '',
    ...(own === undefined
      ? {}
      : { private: { price: own, periodSeconds: Number(values['private-days'] ?? 30) * DAY_S } }),
    ...(values.approval ? { approval: true } : {}),
    ...(price === undefined ? {} : { derive: { price, royaltyBps: Number(values['royalty-bps'] ?? 1000) } }),
  };
}

/** Throws REQUEST_INVALID. */
function profileOf(text: string): FingerprintProfile {
  const { data } = fingerprintProfile.safeParse(text);
  if (data) return data;
  const names = fingerprintProfile.options.join(', ');
  throw new OmlError('REQUEST_INVALID', `--profile is one of ${names}, not "${text}" (see --help).`);
}

/** What the publication says that the release can do. */
function planLines(report: unknown): string[] {
  const { plan } = (report ?? {}) as { plan?: unknown };
  return publicationPlanSchema.safeParse(plan).success ? planInWords(plan as PublicationPlanJson) : [];
}

async function publish(values: Values): Promise<Published> {
  const env = readOptions(z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path }));
  const { chainId, contracts } = readDeployment(env.OML_DEPLOYMENT);
  const owner = privateKeyToAccount(env.OWNER_KEY);
  const publisher = baseUrl.parse(required(values, 'publisher'));
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const kind = modelKind.parse(required(values, 'kind'));
  const name = required(values, 'name');
  const size = (text: string | undefined, usual: number) => (text === undefined ? usual : Number(text));
  const usual = USUAL_SIZES[kind];
  const terms = termsOf(values);
  if (!values.force) guardPrices(terms);
  await askLeave(publisher, owner.address);
  const given = await readFolder(required(values, 'dir'));
  const panel: NamedFile[] = [];
  for (const dir of values.panel ?? []) panel.push(namedFile(dir, await readWhole(dir)));
  const sizes = {
    commonCount: size(values.common, usual.commonCount),
    tracingCount: size(values.tracing, usual.tracingCount),
    bits: size(values.bits, usual.bits),
  };
  const { profile, words } = await chooseProfile(
    kind,
    given,
    sizes.commonCount + sizes.tracingCount,
    values.profile === undefined ? undefined : profileOf(values.profile),
  );
  for (const line of words) console.error(line);
  const fingerprints = { ...sizes, profile };
  const reach = bookReach({ commonSize: fingerprints.commonCount, bits: fingerprints.bits });
  console.error(reach.reaches ? reachInWords(reach) : `warning: ${reachInWords(reach)}`);
  const body: PublishRequestJson = {
    name,
    kind,
    files: uploadIdsOf(given),
    panel: panel.map(({ uploadId }) => uploadId),
    fingerprints,
    terms,
    ...(values.force ? { anyPrice: true } : {}),
    demo: values.demo,
    parents: values.parent ?? [],
    owner: owner.address,
  };
  await uploadAll(publisher, [...Object.values(given), ...panel], owner, registry);
  if (values.keep) writeFileSync(values.keep, `${JSON.stringify(body, null, 2)}\n`);
  return order(publisher, '/publications', body, await signPublishRequest(body, owner, registry));
}

try {
  const values = readArguments();
  if (values.help) process.stdout.write(HELP);
  else {
    const result = await publish(values);
    for (const line of planLines(result.report)) console.error(line);
    console.log(values.json ? JSON.stringify(result) : `Model ${String(result.modelId)} is minted.`);
  }
} catch (error) {
  process.exitCode = tellError(error);
}
