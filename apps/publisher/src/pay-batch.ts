import { readDeployment } from '@oml/contracts/deployment';
import { OmlError } from '@oml/protocol/error';
import { formatDollars } from '@oml/protocol/money';
import { bytes32, uint } from '@oml/protocol/wire/scalars';
import { checkChain, connectChain } from '@oml/service/chain';
import { path, privateKey, readOptions, rpcUrl } from '@oml/service/options';
import { tellError } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { findOpened, payableOf, payBatch } from './inspection/pay-batch.ts';

const HELP = `Pays a verifier who opened a batch on your model, out of the model's inspection pool.

  npm run pay-batch -w @oml/publisher -- --batch ID [options]

  --batch ID     the opened batch
  --amount N     in the token's smallest unit (as much as cap and pool allow)
  --json         print only the result, as JSON
  --help

Environment: RPC_URL, OML_DEPLOYMENT (path of the deployment's addresses), OWNER_KEY (of the model's owner or agent).
`;

const schema = z.object({ batch: bytes32, amount: uint.optional(), json: z.boolean() });
const env = z.object({ RPC_URL: rpcUrl, OML_DEPLOYMENT: path, OWNER_KEY: privateKey });

function readArguments() {
  const flag = { type: 'boolean', default: false } as const;
  const options = { batch: { type: 'string' }, amount: { type: 'string' }, json: flag, help: flag } as const;
  try {
    const { help, ...values } = parseArgs({ options }).values;
    return help ? undefined : schema.parse(values);
  } catch (cause) {
    throw new OmlError('REQUEST_INVALID', `${(cause as Error).message} (see --help)`, { cause });
  }
}

async function pay({ batch, amount: asked, json }: z.output<typeof schema>): Promise<void> {
  const { RPC_URL: rpcUrl, OML_DEPLOYMENT, OWNER_KEY: key } = readOptions(env);
  const chain = connectChain({ rpcUrl, deployment: readDeployment(OML_DEPLOYMENT), key });
  await checkChain(chain);
  const opened = await findOpened(chain, batch);
  const { cap, pool } = await payableOf(chain, opened.opening.modelId);
  const amount = asked ?? (pool < cap ? pool : cap);
  const tx = await payBatch(chain, opened, amount);
  if (json) console.log(JSON.stringify(tx ? { tx, amount: String(amount), verifier: opened.verifier } : {}));
  else console.log(tx ? `Paid ${formatDollars(amount)} to ${opened.verifier}, ${tx}.` : 'It was paid for before.');
}

try {
  const values = readArguments();
  if (values) await pay(values);
  else process.stdout.write(HELP);
} catch (error) {
  process.exitCode = tellError(error);
}
