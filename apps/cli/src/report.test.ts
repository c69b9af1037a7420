import { committeesAbi, devDollarAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { REPORT_OUTCOME } from '@oml/protocol/chain/report-state';
import { voteCommitment } from '@oml/protocol/evidence/vote';
import { devKey, startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { maxUint256, zeroHash, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountOf, omlOn, type Told } from '../test-support/chain-oml.ts';

const [HOLDER, REPORTER, JUROR] = [devKey(1), devKey(2), devKey(3)];
const SALT: Hex = `0x${'5a'.repeat(32)}`;

let chain: DevChain;
const addressOf = accountOf;

/** Runs `oml` as the holder of a key would; to look, nobody needs one. */
const oml = (key: Hex, ...argv: string[]): Promise<Told> => omlOn(chain)(argv[1] === 'show' ? undefined : key, ...argv);

/** What a contract told of what was sent. */
const toldOf = ({ value }: Told, event: string): Record<string, string> =>
  (value['steps'] as unknown as { effects: { event: string; args: Record<string, string> }[] }[])
    .flatMap(({ effects }) => effects)
    .find((effect) => effect.event === event)!.args;

beforeAll(async () => {
  chain = await startDevChain({ secondsPerBlock: 1, parameters: { appealWindow: '8n' } });
  const { token, verifierRegistry } = chain.deployment.contracts;
  for (const key of [HOLDER, REPORTER, JUROR]) {
    const mint = { functionName: 'mint', args: [addressOf(key), 200_000_000n] };
    await chain.as(key).send({ address: token, abi: devDollarAbi, ...mint });
  }
  const juror = chain.as(JUROR);
  const registry = { address: verifierRegistry, abi: verifierRegistryAbi };
  await juror.send({
    address: token,
    abi: devDollarAbi,
    functionName: 'approve',
    args: [verifierRegistry, maxUint256],
  });
  await juror.send({ ...registry, functionName: 'stake', args: [60_000_000n, zeroHash] });
  await juror.send({ ...registry, functionName: 'enrol', args: [3] });
});
afterAll(() => chain?.stop());

describe('oml name', () => {
  it('claims a name, points it, shows it, gives it away and up', async () => {
    const claim = ['name', 'claim', 'open-tales'];
    const rehearsed = await oml(HOLDER, ...claim, '--dry-run');
    expect(rehearsed).toMatchObject({ code: 0, value: { moved: '-20000000' } });
    const claimed = await oml(HOLDER, ...claim);
    expect(claimed).toMatchObject({ code: 0, value: { moved: '-20000000' } });
    expect(toldOf(claimed, 'NameRegistered')).toMatchObject({ name: 'open-tales', holder: addressOf(HOLDER) });
    expect(await oml(REPORTER, 'name', 'claim', 'open-tales')).toMatchObject({
      code: 1,
      value: { error: { code: 'CONFLICT' } },
    });
    expect((await oml(HOLDER, 'name', 'point', 'open-tales', '0')).code).toBe(0);
    expect(await oml(HOLDER, 'name', 'point', 'open-tales', '7')).toMatchObject({
      code: 1,
      value: { error: { code: 'NOT_FOUND' } },
    });
    expect((await oml(HOLDER, 'name', 'transfer', 'open-tales', addressOf(REPORTER))).code).toBe(0);
    expect((await oml(HOLDER, 'name', 'show', 'open-tales')).value).toMatchObject({
      holder: addressOf(REPORTER),
      reports: 0,
    });
    expect((await oml(REPORTER, 'name', 'give-up', 'open-tales')).code).toBe(0);
    expect((await oml(HOLDER, 'name', 'show', 'open-tales')).value).toMatchObject({ holder: null });
  });

  it('refuses what is no name before anything is sent', async () => {
    expect(await oml(HOLDER, 'name', 'claim', 'Open--Tales')).toMatchObject({
      code: 1,
      err: expect.stringContaining('3 to 32 of a-z'),
    });
  });
});

describe('oml report', () => {
  it('files a report, sees it through its committee, and closes it', async () => {
    await oml(HOLDER, 'name', 'claim', 'acme');
    const filed = await oml(REPORTER, 'report', 'file', '--name', 'acme', '--domain', 'acme.com', '--note', 'ours');
    expect(filed).toMatchObject({ code: 0, value: { moved: '-13000000' } });
    expect(toldOf(filed, 'NameReported')).toMatchObject({ reportId: '1' });
    // Draws as soon as the round is there, then waits for the votes.
    await until('the draw', async () => {
      const { value } = await oml(REPORTER, 'report', 'close', '1');
      return String(value['waitsFor']).startsWith('the votes') ? true : undefined;
    });
    await vote(1n, REPORT_OUTCOME.UPHELD);
    expect((await oml(REPORTER, 'report', 'show', '1')).value).toMatchObject({
      kind: 'name',
      state: 'heard',
      committee: { seats: 3, votes: { upheld: 3 } },
    });
    expect(await oml(REPORTER, 'report', 'close', '1', '--dry-run')).toMatchObject({
      code: 0,
      value: {
        dryRun: true,
        steps: [{ function: 'count', effects: [{ event: 'JurorPaid' }, { event: 'CommitteeEnded' }] }],
      },
    });
    const { value } = await oml(REPORTER, 'report', 'close', '1');
    expect(value).toMatchObject({
      done: [{ step: 'count' }, { step: 'decide' }],
      waitsFor: expect.stringContaining('appeal'),
    });
    await until('the end', async () =>
      (await oml(REPORTER, 'report', 'close', '1')).value['waitsFor'] === null ? true : undefined,
    );
    expect((await oml(REPORTER, 'report', 'close', '1', '--dry-run')).value).toMatchObject({ steps: [], gas: '0' });
    expect((await oml(REPORTER, 'report', 'show')).value).toMatchObject({
      reports: [{ state: 'closed', outcome: 'upheld', accused: addressOf(HOLDER) }],
    });
    expect((await oml(HOLDER, 'name', 'show', 'acme')).value).toMatchObject({ holder: null });
  });

  it('pays jurors and reporters what they are owed', async () => {
    const owed = (await oml(JUROR, 'verifier', 'show', addressOf(JUROR))).value;
    expect(owed).toMatchObject({ isStaked: true, owed: { committees: '3000000' } });
    expect((await oml(JUROR, 'verifier', 'rewards', '--dry-run')).value).toMatchObject({ moved: '3000000' });
    expect((await oml(JUROR, 'verifier', 'rewards')).value).toMatchObject({ moved: '3000000' });
    expect((await oml(JUROR, 'verifier', 'rewards')).value).toMatchObject({ steps: [] });
    expect((await oml(REPORTER, 'verifier', 'rewards')).value).toMatchObject({ steps: [{ function: 'withdraw' }] });
  });

  it('takes a verdict to the arbitrator', async () => {
    await oml(HOLDER, 'name', 'claim', 'globex');
    await oml(REPORTER, 'report', 'file', '--name', 'globex');
    await until('the draw', async () => {
      const { value } = await oml(REPORTER, 'report', 'close', '2');
      return String(value['waitsFor']).startsWith('the votes') ? true : undefined;
    });
    await vote(2n, REPORT_OUTCOME.DISMISSED);
    await oml(REPORTER, 'report', 'close', '2');
    const appealed = await oml(REPORTER, 'report', 'appeal', '2');
    expect(appealed.code).toBe(0);
    expect(BigInt(appealed.value['costWei']!)).toBeGreaterThan(10n ** 15n);
    expect((await oml(REPORTER, 'report', 'show', '2')).value).toMatchObject({
      state: 'appealed',
      outcome: 'dismissed',
    });
  });

  it('says what is missing', async () => {
    expect(await oml(REPORTER, 'report', 'file')).toMatchObject({
      code: 1,
      err: expect.stringContaining('--endpoint'),
    });
    expect(await oml(REPORTER, 'report', 'show', '99')).toMatchObject({ value: { error: { code: 'NOT_FOUND' } } });
    expect(await oml(REPORTER, 'report', 'show', 'one')).toMatchObject({
      value: { error: { code: 'REQUEST_INVALID' } },
    });
  });
});

/** The one juror, who holds every seat, votes. */
async function vote(committeeId: bigint, said: number): Promise<void> {
  const { chainId, contracts } = chain.deployment;
  const committees = { address: contracts.committees, abi: committeesAbi };
  const mine = { committeeId, juror: addressOf(JUROR), vote: said, evidenceHash: zeroHash, salt: SALT };
  const commitment = voteCommitment(mine, { chainId, committees: contracts.committees });
  await chain.as(JUROR).send({ ...committees, functionName: 'commitVote', args: [committeeId, commitment] });
  const args = [committeeId, said, SALT, zeroHash, ''];
  await chain.as(JUROR).send({ ...committees, functionName: 'revealVote', args });
}
