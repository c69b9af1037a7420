import { devDollarAbi, leakCourtAbi, namesAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import type { Database } from '@oml/db/client';
import { getName, listNames } from '@oml/db/names';
import { getReport, listReports } from '@oml/db/reports';
import { getVerifier } from '@oml/db/verifiers';
import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { nameCommitment, nameId } from '@oml/protocol/evidence/name';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { maxUint256, type Hex } from 'viem';
import type { HDAccount } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { catchUp, rowsOf } from '../test-support/index-of.ts';
import { HOST, OUTSIDER, OWNER, VERIFIER, type InstantChain } from '../test-support/instant-chain.ts';
import { Jury } from '../test-support/jury.ts';
import { startWorld, type World } from '../test-support/world.ts';
import type { Indexer } from './indexer.ts';

const MILLION = 1_000_000n;
const SALT: Hex = `0x${'5a'.repeat(32)}`;

let world: World;
let chain: InstantChain;
let db: Database;
let indexer: Indexer;
let model: bigint;
let jury: Jury;

const at = () => chain.deployment.contracts;
const court = (from: HDAccount, functionName: string, args: readonly unknown[]) =>
  chain.send(from, { address: at().leakCourt, abi: leakCourtAbi, functionName, args });
const names = (from: HDAccount, functionName: string, args: readonly unknown[]) =>
  chain.send(from, { address: at().names, abi: namesAbi, functionName, args });
const registry = (functionName: string, args: readonly unknown[]) =>
  chain.send(VERIFIER, { address: at().verifierRegistry, abi: verifierRegistryAbi, functionName, args });

beforeAll(async () => {
  world = await startWorld();
  ({ chain, db, indexer } = world);
  jury = new Jury(chain, VERIFIER);
  model = await world.story.publish();
  for (const { account, spender } of [
    { account: OUTSIDER, spender: at().leakCourt },
    { account: HOST, spender: at().names },
  ]) {
    await world.story.fund(account.address, 200n * MILLION);
    await chain.send(account, {
      address: at().token,
      abi: devDollarAbi,
      functionName: 'approve',
      args: [spender, maxUint256],
    });
  }
  await world.story.stake(60n * MILLION);
  await registry('enrol', [3]);
  const commitment = nameCommitment(
    { name: 'acme', holder: HOST.address, salt: SALT },
    { chainId: 31337, names: at().names },
  );
  await names(HOST, 'commit', [commitment]);
  await names(HOST, 'register', ['acme', 0n, SALT, maxUint256]);
}, 600_000);
afterAll(() => world?.stop());

describe('reports and names in the index', { timeout: 600_000 }, () => {
  it('tell a leak from its report to its verdict, with votes and evidence', async () => {
    const { evidenceHash, evidenceUri } = inlineEvidence({ note: 'sold off the books' });
    const leak = { modelId: model, licenseId: 0n, endpoint: 'https://leak.example', evidenceHash, evidenceUri };
    await court(OUTSIDER, 'reportLeak', [leak]);
    await catchUp(indexer);
    expect(await getReport(db, 1n)).toMatchObject({ state: 'heard', committee: { state: 'drawing', draw: 1 } });
    await jury.hear(1n, REPORT_OUTCOME.UPHELD);
    await court(OWNER, 'decide', [1n]);
    await catchUp(indexer);
    const report = await getReport(db, 1n);
    expect(report).toMatchObject({
      kind: 'leak',
      state: 'decided',
      outcome: 'upheld',
      reporter: OUTSIDER.address,
      modelId: model,
      endpoint: 'https://leak.example',
      committee: { state: 'counted', jurors: [VERIFIER.address], votes: { upheld: 3 } },
    });
    expect(report!.accused).toBeUndefined();
    const story = report!.timeline.map(({ name }) => name);
    expect(story).toEqual([
      'CommitteeSummoned',
      'LeakReported',
      'EvidenceSubmitted',
      'CommitteeDrawn',
      'VoteCommitted',
      'VoteRevealed',
      'JurorPaid',
      'CommitteeEnded',
      'ReportDecided',
      'EndpointDelisted',
    ]);
    expect(await getVerifier(db, VERIFIER.address)).toMatchObject({ tickets: 3 });
  });

  it('tell a name from its holder to the verdict that frees it', async () => {
    await catchUp(indexer);
    expect(await getName(db, 'acme')).toMatchObject({ holder: HOST.address, modelId: 0n, deposit: 20n * MILLION });
    await court(OUTSIDER, 'reportName', [nameId('acme'), SALT, 'https://evidence.example']);
    await jury.hear(2n, REPORT_OUTCOME.UPHELD);
    await court(OWNER, 'decide', [2n]);
    await chain.mine(30);
    await court(OWNER, 'close', [2n]);
    await catchUp(indexer);
    expect(await getReport(db, 2n)).toMatchObject({ state: 'closed', accused: HOST.address, burned: 16n * MILLION });
    const freed = await getName(db, 'acme');
    expect(freed).toMatchObject({ deposit: 0n, reserved: { for: OUTSIDER.address } });
    expect(freed!.holder).toBeUndefined();
    expect(await listNames(db)).toEqual([]);
    expect(await listReports(db, { nameId: nameId('acme') })).toHaveLength(1);
    expect(await listReports(db)).toHaveLength(2);
  });

  it('a juror that stays away loses its tickets, and the case is drawn again', async () => {
    await court(OUTSIDER, 'reportLeak', [
      { modelId: model, licenseId: 0n, endpoint: 'https://other.example', evidenceHash: SALT, evidenceUri: '' },
    ]);
    await jury.draw(3n);
    await chain.mine(30);
    await jury.call(OWNER, 'count', [3n]);
    await catchUp(indexer);
    expect(await getReport(db, 3n)).toMatchObject({ state: 'heard', committee: { state: 'drawing', draw: 2 } });
    expect(await getVerifier(db, VERIFIER.address)).toMatchObject({ tickets: 0, stake: 30n * MILLION });
  });

  it('reads the same again from the first block', async () => {
    const again = await world.freshIndex();
    await catchUp(again.indexer);
    expect(await rowsOf(again.db)).toEqual(await rowsOf(db));
  });
});
