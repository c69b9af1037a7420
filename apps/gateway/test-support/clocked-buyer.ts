// A buyer in a process of its own, whose clock is off by so many seconds: `node clocked-buyer.ts JSON`.
import { readDeployment } from '@oml/contracts/deployment';
import { isOmlError } from '@oml/protocol/error';
import { createBuyer } from '@oml/sdk/buyer';
import { readChannel } from '@oml/sdk/channel/left';
import { memoryChannels } from '@oml/sdk/channel/store';
import { wrapFetchWithPayment } from '@x402/fetch';
import { x402Client } from '@x402/core/client';
import { ExactEvmScheme } from '@x402/evm/exact/client';
import { createPublicClient, http, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** What it is told. */
export interface ClockedOrder {
  offsetS: number;
  kind: 'exact' | 'channel' | 'official';
  url: string;
  vault: Address;
  rpcUrl: string;
  deploymentPath: string;
  key: Hex;
  session: Hex;
}

const order = JSON.parse(process.argv[2]!) as ClockedOrder;
const trueNow = Date.now.bind(Date);
Date.now = () => trueNow() + order.offsetS * 1_000;

const deployment = readDeployment(order.deploymentPath);
const account = privateKeyToAccount(order.key);
let signatures = 0;
const counting = {
  address: account.address,
  signTypedData: (data: Parameters<typeof account.signTypedData>[0]) => (signatures++, account.signTypedData(data)),
} as typeof account;
const options = {
  account: counting,
  publicClient: createPublicClient({ transport: http(order.rpcUrl) }),
  deployment,
  maxAmountPerPayment: 10_000n,
};
const params = { model: 'fable-mini', prompt: 'Once upon a time', maxTokens: 4, temperature: 0 };
const channel = { sessionKey: privateKeyToAccount(order.session), deposit: 50_000n, store: memoryChannels() };

async function buy(): Promise<string> {
  if (order.kind === 'exact') return (await createBuyer(options).complete(order.url, params)).text;
  if (order.kind === 'channel') {
    const { text } = await createBuyer({ ...options, channel }).complete(order.url, params);
    await readChannel({ ...options, channel }, { baseUrl: order.url, vault: order.vault });
    return text;
  }
  const client = new x402Client().register('eip155:31337', new ExactEvmScheme(counting)).setSpendControls({
    allowedAssets: [{ network: 'eip155:31337', asset: deployment.contracts.token, maxAmountPerPayment: '10000' }],
  });
  const response = await wrapFetchWithPayment(fetch, client)(`${order.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: params.model, prompt: params.prompt, max_tokens: 4 }),
  });
  const body = (await response.json()) as { code?: string; choices?: { text: string }[] };
  if (!response.ok) throw Object.assign(new Error(body.code), { code: body.code });
  return body.choices![0]!.text;
}

const outcome = await buy().then(
  (text) => ({ text }),
  (error: unknown) => ({ code: isOmlError(error) ? error.code : String((error as { code?: string }).code ?? error) }),
);
console.log(JSON.stringify({ ...outcome, signatures }));
