import '../test-support/dom.ts';
import { verifierRegistryAbi } from '@oml/contracts/abis';
import { LICENSE_STATE } from '@oml/protocol/chain/license-state';
import { COMMITTEE_STATE, REPORT_STATE } from '@oml/protocol/chain/report-state';
import { openingHash } from '@oml/protocol/evidence/batch';
import { keccak256, parseEventLogs, stringToHex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contractsOf } from '#actions/contracts.ts';
import { AnyonesLicense } from '#host/anyones-license.tsx';
import { InspectionView } from '#model/inspection-view.tsx';
import type { ShownBatch } from '#model/shown-model.ts';
import { ReportButtons, ReportForm } from '#report/report-buttons.tsx';
import { StakeForm } from '#stake/stake-form.tsx';
import { OpenBatches, VerifierPanel } from '#stake/verifier-panel.tsx';
import { answerAsIndex } from '../test-support/index.ts';
import { accountOf, DOLLAR, startMarket, type Market } from '../test-support/market.ts';
import { until, visit, type Site } from '../test-support/site.tsx';

const [VERIFIER, OUTSIDER] = [accountOf('VERIFIER'), accountOf('OUTSIDER')];
const KEY = keccak256(stringToHex('sealing key'));

describe('a verifier stakes, works, and takes its stake', () => {
  let market: Market;
  let site: Site;
  let modelId: bigint;
  beforeAll(async () => {
    market = await startMarket();
    answerAsIndex(market);
    const { KIND } = market;
    const whole = { ownerShareBps: 10_000, period: 30, price: DOLLAR };
    const offers = [
      await market.registerTerms(KIND.SERVE),
      await market.registerTerms(KIND.PRIVATE, whole),
      0,
    ] as const;
    modelId = await market.publish('OWNER', 'tales', { offers });
  });
  afterAll(async () => {
    site?.leave();
    await market?.stop();
  });

  const of = () => contractsOf(market.deployment);
  const read = () => market.publicClient;
  const standing = () =>
    read().readContract({ ...of().verifiers, functionName: 'standingOf', args: [VERIFIER.address] });
  const tickets = () => read().readContract({ ...of().verifiers, functionName: 'ticketsOf', args: [VERIFIER.address] });

  it('stakes and enrols', async () => {
    site = visit(
      <>
        <StakeForm />
        <VerifierPanel />
      </>,
      market,
      VERIFIER,
    );
    await site.press('stake-send', { 'stake-amount': '60', 'stake-key': KEY }, '38');
    await until(async () => (await standing()).stake === 60n * DOLLAR, 'a stake');
    await site.press('tickets-enrol', { 'tickets-enrol-count': '2' });
    await until(async () => (await tickets()) === 2n, 'two tickets');
    site.leave();
  });

  it('loses the deposit of a batch that it never opened, by anybody’s press', async () => {
    await market.approve('VERIFIER', of().verifiers.address);
    const sent = { ...of().verifiers, functionName: 'commitBatch', args: [keccak256(stringToHex('opening'))] };
    const { logs } = await market.as.VERIFIER.send(sent);
    const { batchId, deposit, round } = parseEventLogs({
      abi: verifierRegistryAbi,
      eventName: 'BatchCommitted',
      logs,
    })[0]!.args;
    await market.postRound(round);
    await market.pass(700);
    const batch = { batchId, verifier: VERIFIER.address, deposit, at: new Date() };
    site = visit(<OpenBatches batches={[batch]} />, market, OUTSIDER);
    await site.press(`batch-close-${batchId}`);
    await until(
      async () =>
        (await read().readContract({ ...of().verifiers, functionName: 'batch', args: [batchId] })).deposit === 0n,
      'a settled batch',
    );
    site.leave();
  });

  it('is paid by the owner for a batch that it opened', async () => {
    const { pools, verifiers, token } = of();
    const pairsRoot = keccak256(stringToHex('pairs'));
    const about = { account: accountOf('HOST').address, modelId, release: 1, licenseIds: [], itemCount: 1 };
    const opening = { ...about, pairsRoot, salt: pairsRoot };
    const { logs } = await market.as.VERIFIER.send({
      ...verifiers,
      functionName: 'commitBatch',
      args: [openingHash(opening)],
    });
    const [committed] = parseEventLogs({ abi: verifierRegistryAbi, eventName: 'BatchCommitted', logs });
    await market.postRound(committed!.args.round);
    await market.as.VERIFIER.send({ ...verifiers, functionName: 'openBatch', args: [opening] });
    await market.as.BUYER.send({ ...token, functionName: 'transfer', args: [pools.address, DOLLAR] });
    await market.as.BUYER.send({ ...pools, functionName: 'feed', args: [modelId] });
    const { batchId } = committed!.args;
    const batch = { batchId, number: 2, itemCount: 1, verifier: VERIFIER.address, opening, paid: 0n } as ShownBatch;
    const before = await market.balanceOf(VERIFIER.address);
    site = visit(<InspectionView modelId={modelId} batches={[batch]} />, market, accountOf('OWNER'));
    await site.press('inspection-pay-2');
    await until(async () => (await market.balanceOf(VERIFIER.address)) > before, 'pay for a batch');
    site.leave();
  });

  it('is drawn for a report that anybody files, moves on and closes', async () => {
    site = visit(<ReportForm />, market, OUTSIDER);
    await site.press('report-leak', {
      'report-leak-model': String(modelId),
      'report-leak-endpoint': 'https://leak.example/v1',
      'report-leak-note': 'It answers, and signs nothing.',
    });
    const { leaks, committees } = of();
    const reportId = await until(() => read().readContract({ ...leaks, functionName: 'reportCount' }), 'a report');
    site.leave();
    const report = () => read().readContract({ ...leaks, functionName: 'report', args: [reportId] });
    const committee = async () =>
      read().readContract({ ...committees, functionName: 'committee', args: [(await report()).committeeId] });
    site = visit(<ReportButtons reportId={reportId} />, market, OUTSIDER);
    await site.press(`report-evidence-${reportId}`, { [`report-evidence-${reportId}-note`]: 'Ask it anything.' });
    for (let now = await committee(); now.state < COMMITTEE_STATE.COUNTED; now = await committee()) {
      const { state, draw, looked, round } = now;
      if (state === COMMITTEE_STATE.DRAWING) await market.postRound(round);
      else await market.pass(60);
      await site.press(state === COMMITTEE_STATE.DRAWING ? `report-draw-${reportId}` : `report-count-${reportId}`);
      await until(async () => {
        const after = await committee();
        return after.state !== state || after.draw !== draw || after.looked !== looked;
      }, `a committee after draw ${draw}`);
    }
    await site.press(`report-decide-${reportId}`);
    await until(async () => (await report()).state === REPORT_STATE.DECIDED, 'a verdict');
    await market.pass(60);
    await site.press(`report-close-${reportId}`);
    await until(async () => (await report()).state === REPORT_STATE.CLOSED, 'a closed report');
    site.leave();
    site = visit(<VerifierPanel />, market, OUTSIDER);
    await site.press('owed-leaks');
    await until(
      async () => (await read().readContract({ ...leaks, functionName: 'owed', args: [OUTSIDER.address] })) === 0n,
      'nothing owed',
    );
    site.leave();
  });

  it('suspends, as anybody, a license that lapsed, and renews it', async () => {
    const { licenseId } = await market.accept('BUYER', modelId, market.KIND.PRIVATE);
    await market.deliver('OWNER', licenseId);
    await market.activate('BUYER', licenseId);
    const license = () => read().readContract({ ...market.licenses, functionName: 'license', args: [licenseId] });
    await market.pass(40);
    site = visit(<AnyonesLicense licenseId={licenseId} />, market, OUTSIDER);
    await site.press(`license-suspend-${licenseId}`);
    await until(async () => (await license()).state === LICENSE_STATE.SUSPENDED, 'a suspended license');
    const { paidUntil } = await license();
    await site.press(`license-renew-${licenseId}`, { [`license-renew-${licenseId}-periods`]: '2' });
    await until(async () => (await license()).paidUntil > paidUntil, 'a longer period');
    site.leave();
  });

  it('takes its whole stake out', async () => {
    const before = await market.balanceOf(VERIFIER.address);
    const { stake } = await standing();
    expect(stake).toBeGreaterThan(0n);
    site = visit(<VerifierPanel />, market, VERIFIER);
    await site.press('stake-ask');
    await until(async () => (await standing()).leavableAt > 0, 'an announced exit');
    await market.pass(120);
    await site.press('stake-take');
    await until(async () => (await market.balanceOf(VERIFIER.address)) === before + stake, 'the stake back');
  });
});
