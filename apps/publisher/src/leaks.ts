import { readDeployment } from '@oml/contracts/deployment';
import { leakQuestionTypedData } from '@oml/protocol/signed/leak-question';
import { HEADERS } from '@oml/protocol/wire/headers';
import { leakedDigest, leakReportSchema, type LeakReport } from '@oml/protocol/wire/leak-report';
import { address, uint } from '@oml/protocol/wire/scalars';
import { readFlags } from '@oml/service/flags';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { call } from './owner/follow.ts';

const HELP = `Tells to whom probes of your model were given, and of prompts that you saw where none should be, whose they are. Every
verifier is given one prompt that no other gets, its canary: where that was seen, it names who leaked.

  npm run leaks -w @oml/publisher -- --publisher URL --model-id N [--seen FILE] [--at ADDRESS]

  --seen FILE    what you saw: one prompt, or one request's body as JSON, a line
  --at ADDRESS   the host's account, where you saw it at one: a verifier that asked it may have told it nothing else
  --json         print the report as JSON
  --help         this text

Exit code 2: a canary was seen. Environment: OWNER_KEY (the private key of the model's owner), OML_DEPLOYMENT (path of
the deployment's addresses).
`;

const SEEN = 2;
const env = z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path });
const flagsSchema = z.object({
  publisher: baseUrl,
  'model-id': uint,
  seen: z.string().min(1).optional(),
  at: address.optional(),
});

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const options = { publisher: text, 'model-id': text, seen: text, at: text, json: toggle, help: toggle } as const;
  const { values } = parseArgs({ options });
  if (values.help) return void process.stdout.write(HELP);
  const report = await ask(readFlags(flagsSchema, values));
  if (report.recipients.some(({ canary }) => canary === 'seen')) process.exitCode = SEEN;
  console.log(values.json ? JSON.stringify(report) : linesOf(report).join('\n'));
});

async function ask({ publisher, 'model-id': modelId, seen: file, at }: z.output<typeof flagsSchema>) {
  const { OWNER_KEY, OML_DEPLOYMENT } = readOptions(env);
  const { chainId, contracts } = readDeployment(OML_DEPLOYMENT);
  const seen = file === undefined ? [] : linesIn(readFileSync(file, 'utf8'));
  const askedAt = Math.floor(Date.now() / 1000);
  const asked = { seen, ...(at ? { at } : {}) };
  const question = { modelId, seen: leakedDigest(asked), askedAt: BigInt(askedAt) };
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signature = await privateKeyToAccount(OWNER_KEY).signTypedData(leakQuestionTypedData(question, registry));
  const headers = { 'content-type': 'application/json', [HEADERS.signature]: signature };
  const body = JSON.stringify({ ...asked, askedAt });
  return leakReportSchema.parse(await call(`${publisher}/models/${modelId}/leaks`, { method: 'POST', headers, body }));
}

function linesIn(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function linesOf({ chosen, recipients, keys, unknown }: LeakReport): string[] {
  const to = chosen === null ? 'any verifier that is staked' : chosen.join(', ') || 'nobody';
  return [
    `Probes are sealed to ${to}.`,
    ...recipients.map(lineOf),
    `Of what was seen ${keys} are keys, and ${unknown} were given to nobody by themselves.`,
  ];
}

function lineOf({ verifier, release, batches, keys, canary, asked }: LeakReport['recipients'][number]): string {
  const had = `${verifier}, release ${release}: ${batches} batches, ${keys} of the keys seen`;
  if (canary === 'none') return `${had}; it has no canary.`;
  if (canary === 'unseen') return `${had}; its canary was not seen.`;
  return asked
    ? `${had}; ITS CANARY WAS SEEN, but it asked that host, which may have kept it.`
    : `${had}; ITS CANARY WAS SEEN: it leaked, or a host that it asked did.`;
}
