import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { bytes32, uint } from '@oml/protocol/wire/scalars';
import { filedBlame } from '@oml/service/blames';
import { checkChain, connectChain } from '@oml/service/chain';
import { readFlags } from '@oml/service/flags';
import { privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { answerKey } from './answer/kept-answers.ts';
import { makeCase } from './court/blame-case.ts';
import { findDisguise } from './court/disguises.ts';
import { depositOf, fileBlame } from './court/file-blame.ts';
import { watchDisguises } from './court/watch-disguises.ts';
import { gatewayOptions } from './options.ts';
import { openGatewayStore } from './store.ts';

const HELP = `Answers a proven claim of disguised use: runs its hits on the editions that this host was delivered, and blames
them where at least half repeat. Without a case nothing is sent. A blame that stands is found, so it can be run again.

  npm run blame -w @oml/gateway -- --claim ID --most N [--dry-run] [--json]

  --claim ID  the claim, 32 bytes of hex
  --most N    put up no higher deposit, in the token's smallest unit; it is gone if the blame is not upheld
  --dry-run   only look
  --json      print the result as JSON on stdout
  --help

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, STORE (if the gateway has one), HOST_ACCOUNT, PUBLIC_URL (where jurors
reach the gateway), SIGNER_KEY, ANSWER_SECRET (if the gateway has one; one of the two opens what was asked), HOST_KEY
(of the account or of one of its signers; pays deposit and gas). Exit code 0: filed, or worth it; 1: fix it; 75: try again.`;

const flagsSchema = z
  .object({ claim: bytes32, most: uint.optional(), 'dry-run': z.boolean(), json: z.boolean() })
  .refine((flags) => flags['dry-run'] || flags.most !== undefined, { path: ['most'], error: 'is needed to file' });

const environment = gatewayOptions
  .pick({
    RPC_URL: true,
    OML_DEPLOYMENT: true,
    DATA_DIR: true,
    STORE: true,
    HOST_ACCOUNT: true,
    PUBLIC_URL: true,
    SIGNER_KEY: true,
    ANSWER_SECRET: true,
  })
  .extend({ HOST_KEY: privateKey });

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: { claim: text, most: text, 'dry-run': toggle, json: toggle, help: toggle },
  });
  if (values.help) return console.log(HELP);
  const flags = readFlags(flagsSchema, values);
  const env = readOptions(environment);
  const store = await openGatewayStore(env.STORE ?? join(env.DATA_DIR, 'gateway.sqlite'));
  try {
    const { facts, words } = await blame(flags, env, store);
    console.log(flags.json ? JSON.stringify({ claimId: flags.claim, ...facts }) : words);
  } finally {
    await store.close();
  }
});

async function blame(
  { claim: claimId, most, 'dry-run': isDry }: z.output<typeof flagsSchema>,
  env: z.output<typeof environment>,
  store: Awaited<ReturnType<typeof openGatewayStore>>,
) {
  const deployment = readDeployment(env.OML_DEPLOYMENT);
  const chain = connectChain({ rpcUrl: env.RPC_URL, deployment, key: env.HOST_KEY });
  await checkChain(chain);
  await watchDisguises({ chain, store, account: env.HOST_ACCOUNT });
  const disguise = await findDisguise(store, claimId);
  if (!disguise)
    throw new OmlError(
      'NOT_FOUND',
      `There is no proven claim ${claimId} of disguised use against ${env.HOST_ACCOUNT}.`,
    );
  const before = await filedBlame(chain, claimId);
  if (before) return saidOf(before, 'It is filed already');
  const key = answerKey(env.ANSWER_SECRET ?? env.SIGNER_KEY);
  const made = await makeCase({ chain, store, key, dataDir: env.DATA_DIR }, disguise);
  if ('why' in made) throw new OmlError('CONFLICT', `No blame: ${made.why}.`, { details: { ...made.look } });
  const { look, receipts } = made;
  const deposit = await depositOf(chain);
  const found = `the editions repeat ${look.repeated} of ${look.hits} hits; the deposit is ${formatDollars(deposit)}`;
  if (isDry || most === undefined) return { facts: { ...look, deposit: String(deposit) }, words: `A case: ${found}.` };
  const filed = await fileBlame({ chain, publicUrl: env.PUBLIC_URL, most }, disguise, receipts);
  return saidOf(filed, `Filed: ${found}`);
}

function saidOf(
  { blameId, committeeId, deposit }: { blameId: bigint; committeeId: bigint; deposit: bigint },
  words: string,
) {
  const facts = { blameId: String(blameId), committeeId: String(committeeId), deposit: String(deposit) };
  return { facts, words: `${words}. Blame ${blameId}, committee ${committeeId}.` };
}
