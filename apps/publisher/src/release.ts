import { modelRegistryAbi, parametersAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { wearInWords } from '@oml/protocol/evidence/wear';
import { releaseOrderTypedData } from '@oml/protocol/signed/release-order';
import { wearQuestionTypedData } from '@oml/protocol/signed/wear-question';
import { bookWearSchema } from '@oml/protocol/wire/book-wear';
import { HEADERS } from '@oml/protocol/wire/headers';
import { fingerprintProfile } from '@oml/protocol/wire/fingerprint-profile';
import type { ReleaseOrderJson } from '@oml/protocol/wire/release-order';
import { uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain, type Chain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import { baseUrl, path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { registryOf } from './chain/model-owner.ts';
import { call, order } from './owner/follow.ts';
import { readFolder, uploadIdsOf } from './owner/model-folder.ts';
import { uploadAll } from './owner/upload-all.ts';

const HELP = `Makes a new release of your model, with a fresh code book: the publisher embeds it, records it on chain, and delivers every
licensee its edition. Licensees may stay on the release before until the grace ends.

  npm run release -w @oml/publisher -- --publisher URL --model-id N --plan
  npm run release -w @oml/publisher -- --publisher URL --model-id N [options]

  --plan             only says how far the code book is worn, and when to make a release; exit code 2: now or soon
  --grace-days N     how long licensees may stay on the release before (14, or the least of the deployment)
  --dir FOLDER       other files of the model, as for publish-model; unless said, those of the release before
  --common N, --tracing N, --bits N
                     other sizes of the code book, all three; unless said, as before
  --profile NAME     with them, how they are put into the model, as for publish-model; unless said, as before
  --keep FILE        keeps the order as JSON, for npm run restore
  --json             print only the result, as JSON
  --help             this text

Environment: OWNER_KEY (the private key of the model's owner), RPC_URL, OML_DEPLOYMENT (path of the deployment's addresses).
`;

const env = z.object({ OWNER_KEY: privateKey, RPC_URL: rpcUrl, OML_DEPLOYMENT: path });
const size = z.coerce.number().int().min(0).optional();
const flagsSchema = z.object({
  publisher: baseUrl,
  'model-id': uint,
  'grace-days': z.coerce.number().positive().optional(),
  dir: z.string().min(1).optional(),
  common: size,
  tracing: size,
  bits: size,
  profile: fingerprintProfile.optional(),
  keep: z.string().min(1).optional(),
});
type Flags = z.output<typeof flagsSchema>;

const [DAY_S, USUAL_GRACE_DAYS, DUE] = [86_400, 14, 2];

interface Owner {
  account: ReturnType<typeof privateKeyToAccount>;
  chain: Chain;
}

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const names = ['publisher', 'model-id', 'grace-days', 'dir', 'common', 'tracing', 'bits', 'profile', 'keep'] as const;
  const texts = Object.fromEntries(names.map((name) => [name, text])) as Record<(typeof names)[number], typeof text>;
  const { values } = parseArgs({ options: { ...texts, plan: toggle, json: toggle, help: toggle } });
  if (values.help) return void process.stdout.write(HELP);
  const flags = readFlags(flagsSchema, values);
  const { OWNER_KEY, RPC_URL, OML_DEPLOYMENT } = readOptions(env);
  const chain = connectChain({ rpcUrl: RPC_URL, deployment: readDeployment(OML_DEPLOYMENT), key: OWNER_KEY });
  await checkChain(chain);
  const owner = { account: privateKeyToAccount(OWNER_KEY), chain };
  if (values.plan) return tellPlan(await askWear(flags, owner), values.json);
  const { modelId, release, ...rest } = await makeRelease(flags, owner);
  console.log(
    values.json
      ? JSON.stringify({ modelId, release, ...rest })
      : `Release ${release} of model ${modelId} stands; the publisher delivers its editions.`,
  );
});

async function askWear({ publisher, 'model-id': modelId }: Flags, { account, chain }: Owner) {
  const askedAt = Math.floor(Date.now() / 1000);
  const question = wearQuestionTypedData({ modelId, askedAt: BigInt(askedAt) }, registryOf(chain));
  const headers = { [HEADERS.signature]: await account.signTypedData(question) };
  return bookWearSchema.parse(await call(`${publisher}/models/${modelId}/wear?askedAt=${askedAt}`, { headers }));
}

function tellPlan(wear: Awaited<ReturnType<typeof askWear>>, json: boolean): void {
  if (wear.state === 'due' || wear.state === 'worn') process.exitCode = DUE;
  console.log(json ? JSON.stringify(wear) : `Release ${wear.release}: ${wearInWords(wear)}`);
}

async function makeRelease(flags: Flags, { account, chain }: Owner) {
  const { publisher, 'model-id': modelId, dir, keep } = flags;
  const files = dir === undefined ? undefined : await readFolder(dir);
  const sizes = sizesOf(flags);
  const { latest, minGrace } = await readRules(chain, modelId);
  const days = flags['grace-days'];
  const graceSeconds = days === undefined ? Math.max(minGrace, usualGrace(minGrace)) : Math.round(days * DAY_S);
  const body: ReleaseOrderJson = {
    modelId: String(modelId),
    after: latest,
    graceSeconds,
    ...(files ? { files: uploadIdsOf(files) } : {}),
    ...(sizes ? { fingerprints: sizes } : {}),
    owner: account.address,
  };
  if (files) await uploadAll(publisher, Object.values(files), account, registryOf(chain));
  if (keep) writeFileSync(keep, `${JSON.stringify(body, null, 2)}\n`);
  const signature = await account.signTypedData(releaseOrderTypedData(body, registryOf(chain)));
  return order(publisher, `/models/${modelId}/releases`, body, signature);
}

/** A deployment whose least is seconds is one of tests: nobody waits there for days. */
function usualGrace(minGrace: number): number {
  return minGrace < DAY_S ? minGrace : USUAL_GRACE_DAYS * DAY_S;
}

function sizesOf({ common, tracing, bits, profile }: Flags): ReleaseOrderJson['fingerprints'] {
  if ([common, tracing, bits, profile].every((one) => one === undefined)) return undefined;
  if (common === undefined || tracing === undefined || bits === undefined)
    throw new OmlError('REQUEST_INVALID', 'Say --common, --tracing and --bits together (see --help).');
  return { commonCount: common, tracingCount: tracing, bits, ...(profile === undefined ? {} : { profile }) };
}

async function readRules({ publicClient, deployment }: Chain, modelId: bigint) {
  const { modelRegistry, parameters } = deployment.contracts;
  const registry = { address: modelRegistry, abi: modelRegistryAbi, args: [modelId] } as const;
  const [[latest], { minGrace }] = await Promise.all([
    publicClient.readContract({ ...registry, functionName: 'latestRelease' }).catch((cause: unknown) => {
      throw new OmlError('NOT_FOUND', `There is no model ${modelId} in this deployment.`, { cause });
    }),
    publicClient.readContract({ address: parameters, abi: parametersAbi, functionName: 'rules' }),
  ]);
  return { latest, minGrace };
}
