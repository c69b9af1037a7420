// The official x402 server of PAYS_BY in front of the same engine, with its own facilitator in its process, as its
// documentation sets it up. Its PORT, RPC_URL and OML_DEPLOYMENT are the environment's.
import { serve } from '@hono/node-server';
import { devDollarAbi } from '@oml/contracts/abis';
import { readDeployment } from '@oml/contracts/deployment';
import { connectChain } from '@oml/service/chain';
import { x402Facilitator } from '@x402/core/facilitator';
import type { FacilitatorClient } from '@x402/core/server';
import { toFacilitatorEvmSigner } from '@x402/evm';
import { BatchSettlementEvmScheme as BatchFacilitator } from '@x402/evm/batch-settlement/facilitator';
import { BatchSettlementEvmScheme, InMemoryChannelStorage } from '@x402/evm/batch-settlement/server';
import { FileChannelStorage } from '@x402/evm/batch-settlement/server/file-storage';
import { ExactEvmScheme as ExactFacilitator } from '@x402/evm/exact/facilitator';
import { ExactEvmScheme } from '@x402/evm/exact/server';
import { paymentMiddleware, x402ResourceServer } from '@x402/hono';
import { Hono } from 'hono';
import { createWalletClient, http } from 'viem';
import { nonceManager, privateKeyToAccount } from 'viem/accounts';
import { HOST, KEYS } from '../test-support/chain-fixture.ts';
import { answerFree } from './free-answer.ts';
import { PRICE } from './scene.ts';

const { PORT, RPC_URL, OML_DEPLOYMENT, PAYS_BY, CHANNEL_FILES } = process.env as Record<string, string>;
const NETWORK = 'eip155:31337';
const deployment = readDeployment(OML_DEPLOYMENT!);
const { publicClient } = connectChain({ rpcUrl: RPC_URL!, deployment });
const account = privateKeyToAccount(KEYS.OUTSIDER, { nonceManager });
const wallet = createWalletClient({ account, chain: publicClient.chain!, transport: http(RPC_URL) });
const signer = toFacilitatorEvmSigner({
  address: account.address,
  readContract: (args) => publicClient.readContract(args as never),
  verifyTypedData: (args) => publicClient.verifyTypedData(args as never),
  getCode: (args) => publicClient.getCode(args),
  writeContract: (args) => wallet.writeContract(args as never),
  sendTransaction: (args) => wallet.sendTransaction(args),
  waitForTransactionReceipt: ({ hash }) => publicClient.waitForTransactionReceipt({ hash }),
});
const authorizer = privateKeyToAccount(KEYS.HOST);
const facilitator = new x402Facilitator()
  .register(NETWORK, new ExactFacilitator(signer))
  .register(NETWORK, new BatchFacilitator(signer, authorizer as never));
const inProcess: FacilitatorClient = {
  verify: (payload, wanted) => facilitator.verify(payload, wanted),
  settle: (payload, wanted) => facilitator.settle(payload, wanted),
  getSupported: async () => facilitator.getSupported() as Awaited<ReturnType<FacilitatorClient['getSupported']>>,
};
const storage = CHANNEL_FILES ? new FileChannelStorage({ directory: CHANNEL_FILES }) : new InMemoryChannelStorage();
const channels = new BatchSettlementEvmScheme(HOST.address, {
  storage,
  receiverAuthorizerSigner: authorizer as never,
  withdrawDelay: 172_800,
});
const server = new x402ResourceServer(inProcess).register(NETWORK, new ExactEvmScheme()).register(NETWORK, channels);
await server.initialize();

const app = new Hono();
app.get('/ready', (c) => c.json({ ready: true }));
const accepts = {
  scheme: PAYS_BY!,
  network: NETWORK,
  payTo: HOST.address,
  price: {
    asset: deployment.contracts.token,
    amount: String(PRICE),
    extra: await tokenNames(),
  },
  maxTimeoutSeconds: 60,
} as const;
app.use(paymentMiddleware({ 'POST /v1/classify': { accepts, description: 'One answer of digits' } }, server));
app.post('/v1/classify', answerFree);
serve({ fetch: app.fetch, port: Number(PORT), hostname: '127.0.0.1' });

async function tokenNames(): Promise<Record<string, string>> {
  const [, name, version] = await publicClient.readContract({
    address: deployment.contracts.token,
    abi: devDollarAbi,
    functionName: 'eip712Domain',
  });
  return { name, version };
}
