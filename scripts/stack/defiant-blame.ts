// What the story's defiant cheat does, and the product's command refuses: it blames editions that bear no blame out.
import { readDeployment } from '@oml/contracts/deployment';
import { connectChain } from '@oml/service/chain';
import { readOptions } from '@oml/service/options';
import { runMain } from '@oml/service/run';
import { join } from 'node:path';
import { answerKey } from '../../apps/gateway/src/answer/kept-answers.ts';
import { shownHits } from '../../apps/gateway/src/court/blame-case.ts';
import { openDisguises } from '../../apps/gateway/src/court/disguises.ts';
import { depositOf, fileBlame } from '../../apps/gateway/src/court/file-blame.ts';
import { gatewayOptions } from '../../apps/gateway/src/options.ts';
import { openGatewayStore } from '../../apps/gateway/src/store.ts';
import { until } from './wait.ts';

// Only to notice a hang: it waits for a claim from before the first probe.
const CLAIM_TIMEOUT_MS = 900_000;

const environment = gatewayOptions
  .pick({ RPC_URL: true, OML_DEPLOYMENT: true, DATA_DIR: true, PUBLIC_URL: true, SIGNER_KEY: true })
  .extend({ HOST_KEY: gatewayOptions.shape.SIGNER_KEY });

await runMain(async () => {
  const env = readOptions(environment);
  const chain = connectChain({
    rpcUrl: env.RPC_URL,
    deployment: readDeployment(env.OML_DEPLOYMENT),
    key: env.HOST_KEY,
  });
  const store = await openGatewayStore(join(env.DATA_DIR, 'gateway.sqlite'));
  try {
    const looking = { chain, store, key: answerKey(env.SIGNER_KEY), dataDir: env.DATA_DIR };
    const disguise = await until('A claim', async () => (await openDisguises(store))[0], CLAIM_TIMEOUT_MS, 500);
    const hits = await shownHits(looking, disguise);
    if ('why' in hits) throw new Error(`The hits cannot be shown: ${hits.why}.`);
    const receipts = hits.map(({ receipt }) => receipt);
    const filing = { chain, publicUrl: env.PUBLIC_URL, most: await depositOf(chain) };
    const { blameId } = await fileBlame(filing, disguise, receipts);
    console.log(`Blame ${blameId} is filed.`);
  } finally {
    await store.close();
  }
});
