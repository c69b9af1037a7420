import { spawn } from 'node:child_process';
import { join } from 'node:path';
import {
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  type Chain,
  type Hex,
  type LocalAccount,
  type PublicClient,
  type TestClient,
  type Transport,
  type WalletClient,
} from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { foundry } from 'viem/chains';
import { createNonceManager, jsonRpc } from 'viem/nonce';
import { freePort } from './postgres.ts';

const ANVIL = join(import.meta.dirname, '../../../node_modules/.bin/anvil');
/** Emits an empty log whenever it is called: `log0(0, 0)`. */
const BELL: Hex = '0x6560006000a0006000526006601af3';
/** Emits an empty log the first time, and refuses ever after: what can be done once. */
const GATE: Hex = '0x76600054601157600160005560006000a0005b60006000fd60005260176009f3';
/** Refuses whatever it is asked: `revert(0, 0)`. */
const WALL: Hex = '0x6460006000fd6000526005601bf3';
/** Keeps the value of the last call in a slot: `sstore(0, callvalue)`. */
const TILL: Hex = '0x6434600055006000526005601bf3';
export const bellAbi = [
  { type: 'function', name: 'ring', inputs: [], outputs: [], stateMutability: 'payable' },
] as const;

export interface TestChain {
  rpcUrl: string;
  publicClient: PublicClient;
  testClient: TestClient<'anvil', Transport, Chain>;
  /** A wallet of one of anvil's accounts that connects and counts by itself, as another process would. */
  wallet(index?: number): WalletClient<Transport, Chain, LocalAccount>;
  bell: Hex;
  wall: Hex;
  till: Hex;
  /** Another one every time. */
  gate(): Promise<Hex>;
  stop(): Promise<void>;
}

/** A real EVM without our contracts, which mines each transaction at once, with a bell and a wall on it. */
export async function startAnvil(): Promise<TestChain> {
  const port = await freePort();
  const rpcUrl = `http://127.0.0.1:${port}`;
  const anvil = spawn(ANVIL, ['--port', String(port), '--silent'], { stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => anvil.once('exit', () => resolve()));
  const killWithUs = () => void anvil.kill();
  process.once('exit', killWithUs);
  const client = { chain: foundry, transport: http(rpcUrl), pollingInterval: 20, cacheTime: 0 };
  const publicClient = createPublicClient(client) as PublicClient;
  const testClient = createTestClient({
    ...client,
    mode: 'anvil',
    transport: http(rpcUrl, { retryCount: 50, retryDelay: 100, timeout: 100_000 }),
  });
  await testClient.request({ method: 'eth_chainId' as never });
  const wallet = (addressIndex = 0) => {
    const mnemonic = 'test test test test test test test test test test test junk';
    const nonceManager = createNonceManager({ source: jsonRpc() });
    return createWalletClient({ ...client, account: mnemonicToAccount(mnemonic, { addressIndex, nonceManager }) });
  };
  const deploy = async (bytecode: Hex) => {
    const hash = await wallet().deployContract({ abi: [], bytecode });
    return (await publicClient.waitForTransactionReceipt({ hash })).contractAddress!;
  };
  const [bell, wall, till] = [await deploy(BELL), await deploy(WALL), await deploy(TILL)];
  const stop = async () => {
    process.off('exit', killWithUs);
    anvil.kill();
    await ended;
  };
  return { rpcUrl, publicClient, testClient, wallet, bell, wall, till, gate: () => deploy(GATE), stop };
}
