// Pays for one answer through the official OpenAI client. Run it while `npm start` is up:
//   npm run example
import { createBuyer } from '@oml/sdk/buyer';
import { readDeployment } from '@oml/contracts/deployment';
import OpenAI from 'openai';
import { createPublicClient, http, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

const deployment = readDeployment(process.env['OML_DEPLOYMENT'] ?? '.oml/deployment.json');
const publicClient = createPublicClient({ transport: http(process.env['RPC_URL'] ?? 'http://127.0.0.1:8545') });
const host = process.env['HOST_URL'] ?? 'http://127.0.0.1:4301';
// Account 10 of every dev chain; `npm start` gave it ten dollars. Elsewhere: your own key, from the environment.
const key = (process.env['BUYER_KEY'] ?? '0xf214f2b2cd398c806f84e317254e0f0b801d0643303237d97a22a48e01628897') as Hex;

const buyer = createBuyer({
  account: privateKeyToAccount(key),
  publicClient,
  deployment,
  maxAmountPerPayment: 10_000n, // one cent: more than that is refused before anything is signed
  onReceipt: ({ signedReceipt, payment }) =>
    console.log({
      licenseId: signedReceipt.receipt.licenseId,
      amount: signedReceipt.receipt.amount,
      payment: payment.tx,
    }),
});

// A retry would be a second payment: the buyer's fetch already asks again with the same one where an answer was lost.
const openai = new OpenAI({ apiKey: 'unused', baseURL: `${host}/v1`, fetch: buyer.fetch, maxRetries: 0 });
const answer = await openai.completions.create({ model: 'fable', prompt: 'Once upon a time', max_tokens: 40 });
console.log(answer.choices[0]!.text);
