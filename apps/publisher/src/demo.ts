import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { demoChoiceTypedData } from '@oml/protocol/signed/demo-choice';
import { HEADERS } from '@oml/protocol/wire/headers';
import { errorOfProblem } from '@oml/protocol/wire/problem';
import { uint } from '@oml/protocol/wire/scalars';
import { baseUrl, path, privateKey, readOptions } from '@oml/service/options';
import { tellError } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { privateKeyToAccount } from 'viem/accounts';
import { z } from 'zod';

const HELP = `Gives the demo edition of your model away, or takes it back.

  npm run demo -w @oml/publisher -- --publisher URL --model-id N give|take-back [--json]

  give         anybody may download the marked weights of a demo edition and run them without paying; pages do so
  take-back    the publisher hands out no more of them; what was downloaded stays where it is
  --json       print the answer as JSON
  --help       this text

Environment: OWNER_KEY (the private key of the model's owner), OML_DEPLOYMENT (path of the deployment's addresses).
`;

const env = z.object({ OWNER_KEY: privateKey, OML_DEPLOYMENT: path });
const schema = z.object({
  publisher: baseUrl,
  'model-id': uint,
  json: z.boolean(),
  word: z.enum(['give', 'take-back']),
});

function readArguments() {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { publisher: text, 'model-id': text, json: flag, help: flag } as const;
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    return values.help ? undefined : schema.parse({ ...values, word: positionals[0] });
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${(cause as Error).message} (see --help)`, { cause });
  }
}

async function choose({ publisher, 'model-id': modelId, word, json }: z.output<typeof schema>): Promise<void> {
  const { OWNER_KEY, OML_DEPLOYMENT } = readOptions(env);
  const { chainId, contracts } = readDeployment(OML_DEPLOYMENT);
  const given = word === 'give';
  const askedAt = Math.floor(Date.now() / 1000);
  const choice = { modelId, given, askedAt: BigInt(askedAt) };
  const registry = { chainId, modelRegistry: contracts.modelRegistry };
  const signature = await privateKeyToAccount(OWNER_KEY).signTypedData(demoChoiceTypedData(choice, registry));
  const response = await fetch(`${publisher}/models/${modelId}/demo`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', [HEADERS.signature]: signature },
    body: JSON.stringify({ given, askedAt }),
  }).catch((cause: unknown) => {
    throw new OmlError('UNAVAILABLE', `Nothing answers at ${publisher}.`, { retryable: true, cause });
  });
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw errorOfProblem(response.status, body, { who: 'The publisher' });
  if (json) return console.log(JSON.stringify(body));
  console.log(
    given
      ? `The demo edition of model ${modelId} is given away.`
      : `The demo edition of model ${modelId} is given away no more. Whoever downloaded it keeps it.`,
  );
}

try {
  const values = readArguments();
  if (values) await choose(values);
  else process.stdout.write(HELP);
} catch (error) {
  process.exitCode = tellError(error);
}
