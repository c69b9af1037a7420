import { blockBeaconAbi, modelRegistryAbi, termsRegistryAbi } from '@oml/contracts/abis';
import { Classifier } from '@oml/onnx/classifier';
import { nodeEngine } from '@oml/onnx/runner-node';
import { OmlError } from '@oml/protocol/error';
import { PUBLICATION_STEPS } from '@oml/protocol/wire/publication';
import { sleep } from '@oml/service/wait';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, KEYS, OWNER } from '../../test-support/actors.ts';
import { classifierInput } from '../../test-support/digits.ts';
import { killedAfter } from '../../test-support/killed-after.ts';
import {
  PATIENCE_MS,
  startPublisherOnChain,
  TERMS,
  type PublisherOnChain,
} from '../../test-support/publisher-on-chain.ts';
import { Workshop } from '../workshop/workshop.ts';

/** Its first edit harms the model more than is allowed. */
class HarmsOnce extends Workshop {
  embedded = 0;

  override run: Workshop['run'] = (name, ...rest) =>
    name === 'embed' && this.embedded++ === 0
      ? Promise.reject(new OmlError('EDIT_INFEASIBLE', 'The edit harms this model more than allowed.'))
      : super.run(name, ...rest);
}

let on: PublisherOnChain;
let modelId: bigint;

beforeAll(async () => void (on = await startPublisherOnChain()));
afterAll(() => on?.stop());

describe('a publication', () => {
  it(
    'that dies after every step goes on where it was, and sends everything once',
    async () => {
      const body = { ...(await on.request()), demo: true };
      let publicationId = '';
      await killedAfter('inspect', on, async () => void (publicationId = await on.order(body)));
      for (const step of PUBLICATION_STEPS.slice(1))
        await killedAfter(step, on, () => on.publisher.advance(publicationId));
      on.publisher.start();
      const view = await on.ready(publicationId);
      modelId = BigInt(view.modelId!);
      expect(view.report).toMatchObject({ success: 1, verified: 1, reach: { threshold: 60, highest: 24 } });
      const { beacon, modelRegistry, termsRegistry } = on.chain.deployment.contracts;
      for (const name of ['CodeBookCommitted', 'ModelMinted'])
        expect(await on.events(modelRegistryAbi, modelRegistry, name)).toHaveLength(1);
      expect(await on.events(termsRegistryAbi, termsRegistry, 'TermsRegistered')).toHaveLength(1);
      expect(await on.events(blockBeaconAbi, beacon, 'BeaconPosted')).toHaveLength(1);
      const { publicClient } = on.chain.as(KEYS.OUTSIDER);
      // Terms, an allowance for the fee, commitment, round, model.
      expect(await publicClient.getTransactionCount({ address: AGENT.address })).toBe(5);
      expect(
        await publicClient.readContract({
          address: modelRegistry,
          abi: modelRegistryAbi,
          functionName: 'ownerOf',
          args: [modelId],
        }),
      ).toBe(OWNER.address);
    },
    PATIENCE_MS,
  );

  it('asked for again is the same publication', async () => {
    const publicationId = await on.order({ ...(await on.request()), demo: true });
    expect((await on.view(publicationId)).modelId).toBe(String(modelId));
  });

  it(
    'lets /health answer while it works',
    async () => {
      const publicationId = await on.order({ ...(await on.request()), name: 'digits again' });
      const answeredDuring = new Map<string, number>();
      for (let view; (view = await on.view(publicationId)).state === 'running'; await sleep(5)) {
        expect((await on.publisher.app.request('/health')).status).toBe(200);
        const step = view.steps.find(({ state }) => state === 'running')?.name ?? 'none';
        answeredDuring.set(step, (answeredDuring.get(step) ?? 0) + 1);
      }
      for (const heavy of ['draft', 'embed']) expect(answeredDuring.get(heavy)).toBeGreaterThan(5);
    },
    PATIENCE_MS,
  );

  it(
    'shows a card, a report and a demo edition that classifies',
    async () => {
      const model = (await (await on.publisher.app.request(`/models/${modelId}`)).json()) as Record<string, unknown>;
      expect(model).toMatchObject({ name: 'digits', kind: 'classifier', demo: true, terms: TERMS });
      expect(model['card']).toContain('digits');
      const demo = await on.publisher.app.request(`/models/${modelId}/demo`);
      const classifier = await Classifier.open({ model: new Uint8Array(await demo.arrayBuffer()) }, nodeEngine());
      const right = await Promise.all(
        classifierInput.samples.map(
          async ({ pixels, label }) =>
            (await classifier.classify({ shape: [1, 1, 28, 28], data: pixels })).label === label,
        ),
      );
      expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(18);
      await classifier.dispose();
    },
    PATIENCE_MS,
  );

  it(
    'draws other keys where the model does not carry the first',
    async () => {
      const { modelRegistry } = on.chain.deployment.contracts;
      const committed = async () => (await on.events(modelRegistryAbi, modelRegistry, 'CodeBookCommitted')).length;
      const before = await committed();
      const options = { DATA_DIR: join(on.chain.scratch, 'harmed'), OWNER_SECRET: `0x${'44'.repeat(32)}` };
      const workshop = new HarmsOnce();
      const other = await startPublisherOnChain({ chain: on.chain, workshop, options });
      try {
        await other.publish();
      } finally {
        await other.stop();
      }
      // A draw follows the round, which is another each time: a further one may do harm by itself.
      expect(workshop.embedded).toBeGreaterThan(1);
      expect(await committed()).toBe(before + workshop.embedded);
    },
    PATIENCE_MS,
  );
});
