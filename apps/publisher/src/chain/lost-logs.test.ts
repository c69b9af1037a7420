import { modelRegistryAbi } from '@oml/contracts/abis';
import { startRpcProxy, type RpcProxy } from '@oml/program/test-support/rpc-proxy';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { acceptAsHost, bondHost, fetchAsHost, licenseOf } from '../../test-support/licensee.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';

let chain: DevChain;
let forgetful: RpcProxy;
let on: PublisherOnChain;

beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1 });
  forgetful = await startRpcProxy(chain.rpcUrl);
  // Every log that money hangs on is left out, until the node is put aside for it.
  forgetful.answerWith(({ method }) => (method === 'eth_getLogs' ? [] : undefined));
  on = await startPublisherOnChain({ chain, options: { RPC_URL: `${forgetful.url},${chain.rpcUrl}` } });
}, PATIENCE_MS);
afterAll(async () => {
  await on?.stop();
  await forgetful?.stop();
  await chain?.stop();
});

it(
  'a publisher whose node leaves out logs commits once, mints once, and delivers the edition',
  async () => {
    const modelId = await on.publish();
    await bondHost(on);
    const licenseId = await acceptAsHost(on, modelId);
    const { editionRoot } = await fetchAsHost(on, licenseId);
    expect(await licenseOf(on, licenseId)).toMatchObject({ delivered: 1, editionRoot });
    const { modelRegistry } = chain.deployment.contracts;
    for (const name of ['CodeBookCommitted', 'ModelMinted'])
      expect(await on.events(modelRegistryAbi, modelRegistry, name)).toHaveLength(1);
    expect(forgetful.requests.flat().some(({ method }) => method === 'eth_getLogs')).toBe(true);
  },
  PATIENCE_MS,
);
