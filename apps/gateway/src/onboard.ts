import { readFlags } from '@oml/service/flags';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { parseArgs } from 'node:util';
import { environment, flagsSchema, onboard } from './license/onboard.ts';

const HELP = `Takes a license on a model and makes this gateway ready to serve it. Every step is skipped if it is done, so it can be run again.

  npm run onboard -w @oml/gateway -- --model-id N --name NAME --price AMOUNT --endpoint URL [RATES] [--timeout SECONDS] [--json]

  --model-id   number of the model in the registry (npx oml model list lists them)
  --name       name under which buyers ask for it
  --price      of one call, in the token's smallest unit (1500 = $0.0015); with rates, the most that a call costs
  RATES        --per-call, --per-million-input-tokens, --per-million-output-tokens, --per-second: what a call costs by
               what it used, in the same unit; never less than the terms' floor price
  --endpoint   public base URL of the gateway
  --timeout    how long to wait for the edition (600)
  --json       print the result as JSON on stdout; progress goes to stderr
  --help       this text

Environment: RPC_URL, OML_DEPLOYMENT, DATA_DIR, HOST_KEY (account that posts the bond), SIGNER_KEY (signs receipts),
GAS_KEY (if given, it is bound, too, so that it may collect from channels), SEALING_SEED (32 bytes; opens the edition).
npx oml host up does the same with keys from encrypted files, and serves. Exit code 0: done, 1: fix it, 75: try again.`;

await runMain(async () => {
  const text = { type: 'string' } as const;
  const toggle = { type: 'boolean', default: false } as const;
  const { values } = parseArgs({
    options: {
      'model-id': text,
      name: text,
      price: text,
      'per-call': text,
      'per-million-input-tokens': text,
      'per-million-output-tokens': text,
      'per-second': text,
      endpoint: text,
      timeout: text,
      json: toggle,
      help: toggle,
    },
  });
  if (values.help) return console.log(HELP);
  const result = await onboard(readFlags(flagsSchema, values), readOptions(environment), (line) => console.error(line));
  console.log(values.json ? JSON.stringify(result) : `License ${result.licenseId} is ready to be served.`);
});
