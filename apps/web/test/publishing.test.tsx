import '../test-support/dom.ts';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { nodeEngine } from '@oml/onnx/runner-node';
import { openEdition } from '@oml/service/sealed-edition';
import { sealingKeyPair } from '@oml/service/seal';
import { readFileSync } from 'node:fs';
import { keccak256, sha256, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractsOf } from '#actions/contracts.ts';
import { OwnPanel } from '#model/own-panel.tsx';
import { JobsContext, type RunJob } from '#publication/own/jobs-context.tsx';
import { ownJobs } from '#publication/own/own-jobs.ts';
import { OwnWay } from '#publication/own/own-way.tsx';
import { initialTerms } from '#publication/publish-terms.ts';
import { answerAsIndex } from '../test-support/index.ts';
import { openFolder } from '../test-support/folder.ts';
import { accountOf, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const OWNER = accountOf('OWNER');
const SEED = keccak256(stringToHex('sealing seed'));
const DIGITS = new URL('../../../models/digits/', import.meta.url);
const file = (name: string) => new File([readFileSync(new URL(name, DIGITS))], name);
const files = {
  model: file('model.onnx'),
  card: file('README.md'),
  ordinary: file('ordinary.u8'),
  heldout: file('heldout.u8'),
  labels: file('heldout.labels.u8'),
};
/** Few keys: what they prove is tested where they are made. */
const terms = { ...initialTerms('classifier'), name: 'digits', common: '6', tracing: '2', bits: '2' };

/** The work itself, on this process' engine; in a page a worker does it. */
const inNode: RunJob = (name, input, doing) =>
  (ownJobs(nodeEngine())[name] as (...given: unknown[]) => Promise<never>)(input, doing);

describe('an owner publishes without a publisher', () => {
  let market: Market;
  let site: Site;
  let modelId: bigint;
  const disk = openFolder();
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  const of = () => contractsOf(market.deployment);
  const read = () => market.publicClient;
  const keptKeys = () => disk.find(/\.keys\.json$/);
  const open = (release?: { modelId: bigint; leastGraceDays: number }) =>
    visit(
      <JobsContext value={inNode}>
        <OwnWay files={files} kind="classifier" terms={terms} {...(release ? { release } : {})} connect={null} />
      </JobsContext>,
      market,
      OWNER,
    );
  const latest = () => read().readContract({ ...of().models, functionName: 'latestRelease', args: [modelId] });

  /** Commits, and posts the round: within few blocks, so no block comes by itself meanwhile. */
  async function commit() {
    market.tick(false);
    await site.press('own-commit');
    const [, round] = /Round (\d+) of/i.exec(await site.text('own-stage-chain', /round \d+ of/i))!;
    await market.anvil.mine({ blocks: 4 });
    await site.press(`round-post-${round}`);
    market.tick(true);
    await site.text('own-stage-mark');
  }

  it('draws keys, keeps them, and pays for their commitment', async () => {
    site = open();
    await site.press('own-draw');
    await site.press('own-keep');
    await commit();
    expect(await keptKeys().text()).not.toContain('"marked"');
    site.leave();
  });

  it('goes on from the file that it kept, marks, and mints', async () => {
    site = open();
    await site.give('own-keys-file', [keptKeys()]);
    await site.press('own-mark');
    await site.press('own-keep');
    await site.fill('own-uri', 'https://models.example/digits');
    await site.press('own-mint');
    modelId = BigInt(/Model (\d+) is minted/.exec(await site.text('own-done', /minted/))![1]!);
    const { marked, codeBook } = JSON.parse(await keptKeys().text());
    const { root, commonSize } = await read().readContract({
      ...of().models,
      functionName: 'releaseOf',
      args: [modelId, 1],
    });
    expect({ root, commonSize }).toEqual({ root: codeBook.root, commonSize: 6 });
    expect(marked.report).toMatchObject({ success: 1, verified: 1 });
    const model = await read().readContract({ ...of().models, functionName: 'model', args: [modelId] });
    expect(model.uri).toBe('https://models.example/digits');
    await site.press('own-card');
    const card = JSON.parse(await (await until(() => disk.has(String(modelId)), 'a card')).text());
    expect(card).toMatchObject({ modelId: String(modelId), name: 'digits', kind: 'classifier' });
    site.leave();
  });

  it('makes and delivers an edition that its host alone opens', async () => {
    const keys = await sealingKeyPair(SEED);
    const { licenseId } = await market.accept('HOST', modelId, market.KIND.SERVE, keys.publicKey);
    site = visit(
      <JobsContext value={inNode}>
        <OwnPanel />
      </JobsContext>,
      market,
      OWNER,
    );
    await site.give(`deliver-files-${modelId}`, [keptKeys(), files.model]);
    await site.press(`edition-make-${licenseId}`);
    await site.press(`edition-save-${licenseId}`);
    await site.press(`license-deliver-${licenseId}`);
    const license = () => read().readContract({ ...of().licenses, functionName: 'license', args: [licenseId] });
    await until(async () => (await license()).delivered === 1, 'a delivered edition');
    const sealed = new Uint8Array(await disk.find(new RegExp(`^${licenseId}$`)).arrayBuffer());
    const { packed, files: inside } = await openEdition(sealed, keys, licenseId);
    expect(await weightsDigest(readModel(inside.get('model.onnx')!))).toBe((await license()).editionRoot);
    const recorded = { ...of().blames, functionName: 'fileDigestOf', args: [licenseId, 1] } as const;
    expect(await read().readContract(recorded)).toBe(sha256(packed));
    await market.activate('HOST', licenseId);
    site.leave();
  });

  it('adds a release with keys of its own', async () => {
    site = open({ modelId, leastGraceDays: 1 });
    await site.press('own-draw');
    await site.press('own-keep');
    await commit();
    await site.press('own-mark');
    await site.press('own-keep');
    await site.press('own-release');
    await site.text('own-done', /Release 2/);
    expect((await latest())[0]).toBe(2);
  });
});
