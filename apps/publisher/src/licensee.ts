import { readDeployment } from '@oml/contracts/deployment';
import { TERMS_KINDS } from '@oml/protocol/chain/terms';
import { OmlError } from '@oml/protocol/error';
import { approvalChoiceTypedData } from '@oml/protocol/signed/approval-choice';
import { licenseRequestSchema } from '@oml/protocol/wire/approval-choice';
import { HEADERS } from '@oml/protocol/wire/headers';
import { uint } from '@oml/protocol/wire/scalars';
import { readFlags } from '@oml/service/flags';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';
import { call } from './owner/follow.ts';

const HELP = `Approves or declines who asks for a license on your model, where its terms want your approval.

  npm run licensee -w @oml/publisher -- --publisher URL --model-id N list
  npm run licensee -w @oml/publisher -- --publisher URL --license N approve|decline

  list       who waits for your word
  approve    the license stands, and the publisher delivers its edition; what it paid is yours
  decline    it is closed, and what it paid goes back
  --json     print the answer as JSON
  --help     this text

The publisher sends it and pays the gas. Environment: OWNER_KEY (of the model's owner) and OML_DEPLOYMENT, not for list.
`;

const env = z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path });
const listFlags = z.object({ publisher: baseUrl, 'model-id': uint });
const wordFlags = z.object({ publisher: baseUrl, license: uint });
const requestsSchema = z.object({ requests: z.array(licenseRequestSchema) });
type Request = z.output<typeof licenseRequestSchema>;

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const options = { publisher: text, 'model-id': text, license: text, json: toggle, help: toggle } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (values.help) return void process.stdout.write(HELP);
  const found = await act(positionals[0], values);
  if (values.json) return console.log(JSON.stringify(found));
  if (found.length === 0) console.log('Nobody waits.');
  for (const { licenseId, account, kind, state } of found)
    console.log(`License ${licenseId}, ${TERMS_KINDS[kind]}, of ${account}: ${state}.`);
});

async function act(word: string | undefined, values: Record<string, unknown>): Promise<Request[]> {
  if (word === 'list') {
    const { publisher, 'model-id': modelId } = readFlags(listFlags, values);
    return requestsSchema.parse(await call(`${publisher}/models/${modelId}/requests`)).requests;
  }
  if (word !== 'approve' && word !== 'decline')
    throw new OmlError('REQUEST_INVALID', 'Say list, approve or decline (see --help).');
  const { publisher, license: licenseId } = readFlags(wordFlags, values);
  const { OWNER_KEY, OML_DEPLOYMENT } = readOptions(env);
  const { chainId, contracts } = readDeployment(OML_DEPLOYMENT);
  const approved = word === 'approve';
  const askedAt = Math.floor(Date.now() / 1000);
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signed = approvalChoiceTypedData({ licenseId, approved, askedAt: BigInt(askedAt) }, registry);
  const signature = await privateKeyToAccount(OWNER_KEY).signTypedData(signed);
  const headers = { 'content-type': 'application/json', [HEADERS.signature]: signature };
  const body = JSON.stringify({ approved, askedAt });
  const said = await call(`${publisher}/licenses/${licenseId}/approval`, { method: 'PUT', headers, body });
  return [licenseRequestSchema.parse(said)];
}
