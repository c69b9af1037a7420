import { OmlError } from '@oml/protocol/error';
import { issuesOf } from '@oml/protocol/wire/read-request';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { environment, flagsSchema, onboard, type Flags } from './license/onboard.ts';

const HELP = `Takes a license on a model and makes this gateway ready to serve it. Every step is skipped if it is done, so it can be run again.

  node src/onboard.ts --model-id N --name NAME --price AMOUNT --endpoint URL [--timeout SECONDS] [--json]

  --model-id   number of the model in the registry
  --name       name under which buyers ask for it
  --price      of one call, in the token's smallest unit (1500 = $0.0015)
  --endpoint   public base URL of the gateway
  --timeout    how long to wait for the edition (600)
  --json       print the result as JSON on stdout; progress goes to stderr

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, HOST_KEY (account that posts the bond), SIGNER_KEY (signs receipts),
SEALING_SEED (32 bytes; opens the edition). Exit code 0: done, 1: fix it, 75: try again.`;

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: { 'model-id': text, name: text, price: text, endpoint: text, timeout: text, json: toggle, help: toggle },
  });
  if (values.help) return console.log(HELP);
  const result = await onboard(readFlags(values), readOptions(environment), (line) => console.error(line));
  console.log(values.json ? JSON.stringify(result) : `License ${result.licenseId} is ready to be served.`);
});

function readFlags(values: Record<string, unknown>): Flags {
  const parsed = flagsSchema.safeParse(values);
  if (parsed.success) return parsed.data;
  const issues = issuesOf(parsed.error).map((issue) => `--${issue}`);
  throw new OmlError('REQUEST_INVALID', `${issues.join('; ')}. Run with --help.`);
}
