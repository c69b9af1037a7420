import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { recipientChoiceTypedData } from '@oml/protocol/signed/recipient-choice';
import { HEADERS } from '@oml/protocol/wire/headers';
import { MOST_RECIPIENTS, recipientsSchema, type RecipientWordJson } from '@oml/protocol/wire/recipient-choice';
import { address, uint } from '@oml/protocol/wire/scalars';
import { readFlags } from '@oml/service/flags';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Address } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { call } from './owner/follow.ts';

const HELP = `Chooses the verifiers that probes of your model are sealed to, of all its releases. Until you say so, any verifier that
is staked gets them.

  npm run recipients -w @oml/publisher -- --publisher URL --model-id N only ADDRESS...
  npm run recipients -w @oml/publisher -- --publisher URL --model-id N anybody|nobody

  only         these verifiers alone, ${MOST_RECIPIENTS} at most; takes the place of what was said before
  anybody      any verifier that is staked
  nobody       none
  --keep FILE  keeps your signed word as JSON, for npm run restore
  --json       print the answer as JSON
  --help       this text

Whoever was given a batch keeps it. Jurors on a report ask for probes like anybody: name them while it is heard.
Environment: OWNER_KEY (the private key of the model's owner), OML_DEPLOYMENT (path of the deployment's addresses).
`;

const env = z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path });
const flagsSchema = z.object({ publisher: baseUrl, 'model-id': uint, keep: z.string().min(1).optional() });

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const options = { publisher: text, 'model-id': text, keep: text, json: toggle, help: toggle } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const { publisher, 'model-id': modelId, keep } = readFlags(flagsSchema, values);
  const { signature, ...word } = await sign(modelId, verifiersOf(positionals));
  if (keep) writeFileSync(keep, `${JSON.stringify({ ...word, signature }, null, 2)}\n`);
  const { modelId: _, ...body } = word;
  const headers = { 'content-type': 'application/json', [HEADERS.signature]: signature };
  const sent = { method: 'PUT', headers, body: JSON.stringify(body) };
  const said = recipientsSchema.parse(await call(`${publisher}/models/${modelId}/recipients`, sent));
  console.log(values.json ? JSON.stringify(said) : `Probes of model ${modelId} are sealed to ${whom(said.verifiers)}.`);
});

function verifiersOf([word, ...given]: readonly string[]): Address[] | null {
  if (word === 'only' && given.length > 0) return z.array(address).parse(given);
  if (given.length === 0 && word === 'anybody') return null;
  if (given.length === 0 && word === 'nobody') return [];
  throw new OmlError('REQUEST_INVALID', 'Say only ADDRESS…, anybody or nobody (see --help).');
}

async function sign(modelId: bigint, verifiers: Address[] | null): Promise<RecipientWordJson> {
  const { OWNER_KEY, OML_DEPLOYMENT } = readOptions(env);
  const { chainId, contracts } = readDeployment(OML_DEPLOYMENT);
  const askedAt = Math.floor(Date.now() / 1000);
  const anybody = verifiers === null;
  const choice = { modelId, anybody, verifiers: verifiers ?? [], askedAt: BigInt(askedAt) };
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signature = await privateKeyToAccount(OWNER_KEY).signTypedData(recipientChoiceTypedData(choice, registry));
  return { modelId: String(modelId), verifiers, askedAt, signature };
}

function whom(verifiers: readonly string[] | null): string {
  return verifiers === null ? 'any verifier that is staked' : verifiers.join(', ') || 'nobody';
}
