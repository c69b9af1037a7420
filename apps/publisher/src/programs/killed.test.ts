import { devDollarAbi, inspectionPoolsAbi, namesAbi, titleBondsAbi } from '@oml/contracts/abis';
import { Runs } from '@oml/program/runs';
import { DIALECTS, openStorePlace, type StorePlace } from '@oml/program/test-support/stores';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { nameId } from '@oml/protocol/evidence/name';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { join } from 'node:path';
import { keccak256, toHex, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AGENT, KEYS, OWNER, VERIFIER } from '../../test-support/actors.ts';
import { commitBatch, drawBatch, openBatch, openingOf, stakeVerifier } from '../../test-support/batch.ts';
import { killedAfter } from '../../test-support/killed-after.ts';
import { mintedRun } from '../../test-support/minted-run.ts';
import { PATIENCE_MS, startPublisherOnChain, type PublisherOnChain } from '../../test-support/publisher-on-chain.ts';
import { openVaultScene } from '../../test-support/vault-scene.ts';
import { orderVouch } from '../../test-support/vouch-order.ts';
import { openPublisherStore } from '../store.ts';
import { inspection, inspectionId } from './inspection.ts';

// Publications and editions die in tests of their own: publication, edition and killed-on-postgres.test.ts.

const DOLLAR = 1_000_000n;
let chain: DevChain;
let modelId: bigint;
/** Of VERIFIER, opened on chain, one for each store. */
const batches = new Map<string, { opening: BatchOpening; batchId: Hex }>();

beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1 });
  ({ modelId } = await openVaultScene(chain));
  const { token, inspectionPools } = chain.deployment.contracts;
  const anybody = chain.as(KEYS.OUTSIDER);
  const mint = (to: Address, amount: bigint) =>
    anybody.send({ address: token, abi: devDollarAbi, functionName: 'mint', args: [to, amount] });
  await mint(AGENT.address, 200n * DOLLAR);
  await mint(inspectionPools, DOLLAR);
  await anybody.send({ address: inspectionPools, abi: inspectionPoolsAbi, functionName: 'feed', args: [modelId] });
  await stakeVerifier({ chain });
  for (const dialect of DIALECTS) {
    const opening = openingOf({ modelId, release: 1 }, { salt: keccak256(toHex(dialect)) });
    const batchId = await commitBatch({ chain }, opening);
    await drawBatch({ chain }, batchId);
    await openBatch({ chain }, opening);
    batches.set(dialect, { opening, batchId });
  }
}, PATIENCE_MS);
afterAll(() => chain?.stop());

describe.each(DIALECTS)('a publisher on %s that dies after every step', { timeout: PATIENCE_MS }, (dialect) => {
  let place: StorePlace;
  let on: PublisherOnChain;

  beforeAll(async () => {
    place = await openStorePlace(dialect);
    const url = await place.create();
    const store = await openPublisherStore(url);
    await mintedRun(store, { kind: 'classifier', modelId });
    const { opening, batchId } = batches.get(dialect)!;
    await new Runs(store).add(inspection, { batchId, verifier: VERIFIER.address, opening }, inspectionId(batchId));
    await store.close();
    const most = { TITLE_BOND_MOST: String(40n * DOLLAR), NAME_DEPOSIT_MOST: String(100n * DOLLAR) };
    on = await startPublisherOnChain({
      chain,
      store: url,
      options: { DATA_DIR: join(chain.scratch, dialect), ...most },
    });
  }, PATIENCE_MS);
  afterAll(async () => {
    await on?.stop();
    await place?.stop();
  });

  it('pays a verifier for its batch once', async () => {
    const { batchId } = batches.get(dialect)!;
    const id = inspectionId(batchId);
    await killedAfter('pay', on, () => on.publisher.advance(id));
    await on.publisher.advance(id);
    const paid = await on.events(inspectionPoolsAbi, chain.deployment.contracts.inspectionPools, 'BatchPaid');
    expect(paid.filter((log) => (log as { args: { batchId: Hex } }).args.batchId === batchId)).toHaveLength(1);
  });

  it('vouches once: one bond is posted, one name is committed, registered and handed over', async () => {
    const name = `acme-${dialect}`;
    const { names, titleBonds } = chain.deployment.contracts;
    const told = async () => [
      (await on.events(titleBondsAbi, titleBonds, 'TitleBondPosted')).length,
      (await on.events(namesAbi, names, 'NameCommitted')).length,
      (await on.events(namesAbi, names, 'NameRegistered')).length,
      (await on.events(namesAbi, names, 'NameTransferred')).length,
    ];
    const before = await told();
    const posted = { address: titleBonds, abi: titleBondsAbi, functionName: 'titleBondOf', args: [modelId] } as const;
    const bond = async () => (await chain.as(KEYS.OUTSIDER).publicClient.readContract(posted)).bond;
    const titleBond = (await bond()) + 20n * DOLLAR;
    let id = '';
    await killedAfter('bond', on, async () => void (id ||= (await orderVouch(on, modelId, { titleBond, name })).id));
    for (const step of ['commit', 'register', 'hand']) await killedAfter(step, on, () => on.publisher.advance(id));
    on.publisher.start();
    await until('the end', async () => ((await stateOf(id)) === 'done' ? true : undefined), { timeoutMs: PATIENCE_MS });
    expect(await told()).toEqual(before.map((count) => count + 1));
    expect(await bond()).toBe(titleBond);
    const named = { address: names, abi: namesAbi, functionName: 'nameOf', args: [nameId(name)] } as const;
    expect((await chain.as(KEYS.OUTSIDER).publicClient.readContract(named)).holder).toBe(OWNER.address);
  });

  const stateOf = async (id: string) =>
    ((await (await on.publisher.app.request(`/models/${modelId}/vouch/${id}`)).json()) as { state: string }).state;
});
