import { readDeployment } from '@oml/contracts/deployment';
import { USUAL_SIZES } from '@oml/fingerprint/code-book/usual-sizes';
import { readModelAt } from '@oml/onnx/file/node-files';
import { isOmlErrorCode, OmlError } from '@oml/protocol/error';
import { bookReach, reachInWords } from '@oml/protocol/evidence/reach';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { tellError } from '@oml/service/run';
import { sleep, until } from '@oml/service/wait';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Address, LocalAccount } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { signPublishRequest, type ModelRegistryOf } from '@oml/protocol/signed/publish-request';
import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { modelKind } from '@oml/protocol/wire/model-kind';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { publicationOrderedSchema, publicationSchema, type Publication } from '@oml/protocol/wire/publication';
import { PERMISSION_LIFE_S } from '@oml/protocol/wire/upload';
import { sendUpload } from '@oml/sdk/upload';
import { mayPublishSchema } from '@oml/protocol/wire/publishing';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';

const HELP = `Publishes a model: uploads its files, signs the request as its owner, follows the publication.

  npm run publish-model -w @oml/publisher -- --publisher URL --name NAME --kind language|classifier --dir FOLDER [options]

  --publisher URL      the owner's agent, such as http://127.0.0.1:4200
  --name NAME          how the marketplace calls the model
  --kind KIND          language or classifier
  --dir FOLDER         model.onnx, and what its weights lie in; tokenizer.json, tokenizer_config.json, config.json,
                       README.md (the card); ordinary.i32 and heldout.i32, or ordinary.u8, heldout.u8 and
                       heldout.labels.u8
  --panel FOLDER       a clean model of the same kind and tokenizer, for the control panel (repeatable)
  --common N           keys in every edition, evidence of use (64; classifier 36)
  --tracing N          keys of which every edition holds a subset, evidence of source (64; classifier 0)
  --bits N             2^N candidate answers per key (6; classifier 3)
  --floor-price N      least amount of one use, in the token's smallest unit (1000)
  --min-bond N         what a host reserves of its bond, in the token's smallest unit (50000000)
  --owner-share-bps N  owner's share of what is left after protocol fee and pool (5000)
  --slash-bps N        share of the bond that a slash takes (5000)
  --terms-uri TEXT     the terms in words, or where they stand
  --derive-price N     what the right to build on the model costs, once; without it, nobody may
  --royalty-bps N      what a child of it pays on every use, of the net amount (1000)
  --parent ID          a model that this one is built on: yours, or by a license of the publisher's
                       account (src/derive.ts); --dir then holds what you made of its edition (repeatable)
  --demo               gives a demo edition away: anybody may download its marked weights and run them without
                       paying. Classifiers only; npm run demo takes it back, but not what was downloaded
  --json               print only the result, as JSON
  --help

Environment: OWNER_KEY (the owner's private key), OML_DEPLOYMENT (path of the deployment's addresses).
`;

const FILES = {
  model: ['model.onnx'],
  tokenizer: ['tokenizer.json'],
  tokenizerConfig: ['tokenizer_config.json'],
  config: ['config.json'],
  card: ['README.md'],
  ordinary: ['ordinary.i32', 'ordinary.u8'],
  heldout: ['heldout.i32', 'heldout.u8'],
  labels: ['heldout.labels.u8'],
} as const;
const POLL_MS = 500;

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
    'floor-price': text,
    'min-bond': text,
    'owner-share-bps': text,
    'slash-bps': text,
    'terms-uri': text,
    'derive-price': text,
    'royalty-bps': text,
    parent: { ...text, multiple: true },
    demo: flag,
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

async function call(url: string, init?: RequestInit): Promise<unknown> {
  const response = await fetch(url, init).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', `Nothing answers at ${url}.`, { retryable: true, cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, body, { who: 'The publisher' });
  return body;
}

/** Asked before anything is read or uploaded. Throws UNAUTHORIZED with the publisher's reason. */
async function askLeave(publisher: string, owner: Address): Promise<void> {
  const { may, why } = mayPublishSchema.parse(await call(`${publisher}/owners/${owner}`));
  if (!may) throw new OmlError('UNAUTHORIZED', why ?? `${owner} may not publish at ${publisher}.`);
}

const readBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(path));

/** A publication is of one file: weights beside the model go into it. */
const readWhole = async (path: string): Promise<Uint8Array> => (await readModelAt(path)).bytes;

interface NamedFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
  uploadId: string;
}

function namedFile(path: string, bytes: Uint8Array): NamedFile {
  const uploadId = createHash('sha256').update(bytes).digest('hex');
  return { path, bytes: new Uint8Array(bytes), uploadId };
}

/** The files of a folder, by what they are for. */
async function readFolder(dir: string): Promise<Partial<Record<keyof typeof FILES, NamedFile>>> {
  const files: Partial<Record<keyof typeof FILES, NamedFile>> = {};
  for (const [key, names] of Object.entries(FILES) as [keyof typeof FILES, readonly string[]][]) {
    const path = names.map((name) => join(dir, name)).find((candidate) => existsSync(candidate));
    if (path) files[key] = namedFile(path, key === 'model' ? await readWhole(path) : readBytes(path));
  }
  if (!files.model) throw new OmlError('NOT_FOUND', `There is no model.onnx in ${dir}.`);
  return files;
}

/** One signature permits all of them, for an hour; what the publisher holds already is not sent again. */
async function uploadAll(publisher: string, files: NamedFile[], owner: LocalAccount, registry: ModelRegistryOf) {
  const distinct = [...new Map(files.map((file) => [file.uploadId, file])).values()];
  const permission = {
    signer: owner.address,
    files: distinct.map(({ uploadId, bytes }) => ({ uploadId, bytes: bytes.length })),
    expiresAt: Math.floor(Date.now() / 1000) + PERMISSION_LIFE_S,
  };
  const signature = await owner.signTypedData(uploadPermissionTypedData(permission, registry));
  for (const { path, bytes, uploadId } of distinct) {
    console.error(`uploading ${path} (${bytes.length} bytes, sha256 ${uploadId.slice(0, 12)}…)`);
    await sendUpload({ publisher, file: new Blob([bytes]), uploadId, permission, signature });
  }
}

type Files = PublishRequestJson['files'];
type Published = Publication & { publicationId: string };

async function follow(publisher: string, publicationId: string): Promise<Published> {
  const url = `${publisher}/publications/${publicationId}`;
  for (let told = ''; ; await sleep(POLL_MS)) {
    // A publisher that is started again goes on with its publications, and so does this.
    const view = await until(`Word of publication ${publicationId}`, async () =>
      publicationSchema.parse(await call(url)),
    );
    const line = lineOf(view);
    if (line !== told) console.error((told = line));
    if (view.state === 'ready') return { publicationId, ...view };
    if (view.state === 'failed') throw failureOf(view);
  }
}

function lineOf({ state, steps }: Publication): string {
  const step = steps.find((each) => each.state === 'running');
  if (!step) return state;
  return step.part ? `${step.name} ${step.part} ${Math.floor((step.progress ?? 0) * 10) * 10} %` : step.name;
}

function failureOf({ error }: Publication): OmlError {
  const { code, message } = error ?? { code: undefined, message: 'The publisher does not say why.' };
  return new OmlError(isOmlErrorCode(code) ? code : 'UNAVAILABLE', message, { retryable: false });
}

function termsOf(values: Values): PublishRequestJson['terms'] {
  const price = values['derive-price'];
  return {
    floorPrice: values['floor-price'] ?? '1000',
    minBond: values['min-bond'] ?? '50000000',
    ownerShareBps: Number(values['owner-share-bps'] ?? 5000),
    slashBps: Number(values['slash-bps'] ?? 5000),
    uri: values['terms-uri'] ?? '',
    ...(price === undefined ? {} : { derive: { price, royaltyBps: Number(values['royalty-bps'] ?? 1000) } }),
  };
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
  await askLeave(publisher, owner.address);
  const given = await readFolder(required(values, 'dir'));
  const panel: NamedFile[] = [];
  for (const dir of values.panel ?? []) panel.push(namedFile(dir, await readWhole(dir)));
  const fingerprints = {
    commonCount: size(values.common, usual.commonCount),
    tracingCount: size(values.tracing, usual.tracingCount),
    bits: size(values.bits, usual.bits),
  };
  const reach = bookReach({ commonSize: fingerprints.commonCount, bits: fingerprints.bits });
  console.error(reach.reaches ? reachInWords(reach) : `warning: ${reachInWords(reach)}`);
  const body: PublishRequestJson = {
    name,
    kind,
    files: Object.fromEntries(Object.entries(given).map(([key, { uploadId }]) => [key, uploadId])) as Files,
    panel: panel.map(({ uploadId }) => uploadId),
    fingerprints,
    terms: termsOf(values),
    demo: values.demo,
    parents: values.parent ?? [],
    owner: owner.address,
  };
  await uploadAll(publisher, [...Object.values(given), ...panel], owner, registry);
  const signature = await signPublishRequest(body, owner, registry);
  const headers = { 'content-type': 'application/json', 'oml-signature': signature };
  const ordered = await call(`${publisher}/publications`, { method: 'POST', headers, body: JSON.stringify(body) });
  return follow(publisher, publicationOrderedSchema.parse(ordered).publicationId);
}

try {
  const values = readArguments();
  if (values.help) process.stdout.write(HELP);
  else {
    const result = await publish(values);
    console.log(values.json ? JSON.stringify(result) : `Model ${String(result.modelId)} is minted.`);
  }
} catch (error) {
  process.exitCode = tellError(error);
}
