import {
  blamesAbi,
  claimCourtAbi,
  committeesAbi,
  licenseRegistryAbi,
  modelRegistryAbi,
  titleBondsAbi,
} from '@oml/contracts/abis';
import { BLAME_STATE } from '@oml/protocol/chain/blame-state';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { formatDollars } from '@oml/protocol/money';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TITLE_BOND } from '../scripts/stack/bait.ts';
import type { BlameTold } from '../scripts/stack/blames.ts';
import { actors, connectRpc, deployment, toldChapter, until } from './stack.ts';
import { connectWallet, visit, type Visitor } from './visitor.ts';

// Only to notice a hang: the stack tells the blames while other stories run.
const TOLD_MS = 600_000;
const JURORS = [actors.firstJuror.address, actors.secondJuror.address];

const told = (name: 'baited' | 'defiant') =>
  until(`the blame of the ${name} host to be told`, async () => toldChapter<BlameTold>(name), TOLD_MS, 1_000);

/** What the chain says of a blame and its claim. */
async function ending({ audit, account }: BlameTold) {
  const { contracts, deployedAtBlock } = deployment();
  const rpc = connectRpc();
  const claimId = audit.claimId as Hex;
  const fromBlock = BigInt(deployedAtBlock);
  const court = { address: contracts.claimCourt, abi: claimCourtAbi } as const;
  const blames = { address: contracts.blames, abi: blamesAbi, args: { claimId }, fromBlock, strict: true } as const;
  const registry = { address: contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  const [claim, [final], [filed], [closed], { bond }, deposits] = await Promise.all([
    rpc.readContract({ ...court, functionName: 'claim', args: [claimId] }),
    rpc.getContractEvents({ ...court, eventName: 'ClaimFinalised', args: { claimId }, fromBlock, strict: true }),
    rpc.getContractEvents({ ...blames, eventName: 'BlameFiled' }),
    rpc.getContractEvents({ ...blames, eventName: 'BlameClosed' }),
    rpc.readContract({ ...registry, functionName: 'accountOf', args: [account] }),
    rpc.getContractEvents({ ...registry, eventName: 'BondDeposited', args: { account }, fromBlock, strict: true }),
  ]);
  const { blameId, deposit, committeeId, payer } = filed!.args;
  const { address, abi } = blames;
  const blame = await rpc.readContract({ address, abi, functionName: 'blameOf', args: [blameId] });
  const jurors = await rpc.readContract({
    address: contracts.committees,
    abi: committeesAbi,
    functionName: 'jurors',
    args: [committeeId],
  });
  const deposited = deposits.reduce((sum, { args }) => sum + args.amount, 0n);
  const { upheld, spent } = closed!.args;
  return { claimId, claim, ...final!.args.ending, upheld, spent, deposit, payer, blame, jurors, bond, deposited };
}

type Ending = Awaited<ReturnType<typeof ending>>;

const isMarked = async (modelId: string) => {
  const registry = { address: deployment().contracts.modelRegistry, abi: modelRegistryAbi } as const;
  const args = [BigInt(modelId)] as const;
  return (await connectRpc().readContract({ ...registry, functionName: 'markedAt', args })) > 0;
};
const money = (amount: bigint) => new RegExp(`\\$${formatDollars(amount).replace('.', '\\.')}`);

/** Every step of a claim leads to its transaction. */
async function followSteps({ page, go }: Visitor, claimId: Hex, titles: readonly RegExp[]): Promise<void> {
  await go(`/claims/${claimId}`);
  const steps = page.getByTestId('claim-timeline').locator('li');
  for (const title of titles) {
    const link = steps.filter({ hasText: title }).first().locator('a[href^="/tx/0x"]').first();
    await link.waitFor();
  }
}

const JURORS_STEPS = [/Editions blamed/, /The committee (upholds|does not)/, /Blame closed/];

describe('a host that was delivered a bait', () => {
  let visitor: Visitor;
  let bait: BlameTold;
  let end: Ending;
  beforeAll(async () => {
    [visitor, bait] = await Promise.all([visit(actors.outsider.account), told('baited')]);
    end = await ending(bait);
  });
  afterAll(() => visitor.leave());

  it('blamed its edition, and a committee of others saw the hits repeat', () => {
    expect(end.blame.state).toBe(BLAME_STATE.CLOSED);
    expect(end.upheld).toBe(true);
    expect([...end.jurors].toSorted()).toEqual(JURORS.toSorted());
    expect(bait.audit.outcome).toBe('excused');
    expect(end.claim.state).toBe(CLAIM_STATE.EXCUSED);
  });

  it('keeps its whole bond: the title bond of the bait paid slash and committee', async () => {
    expect(end.taken).toBe(0n);
    expect(end.bond).toBe(end.deposited);
    expect(end.fromTitles).toBeGreaterThan(0n);
    expect(end.spent).toBe(end.deposit);
    const { bond } = await connectRpc().readContract({
      address: deployment().contracts.titleBonds,
      abi: titleBondsAbi,
      functionName: 'titleBondOf',
      args: [BigInt(bait.modelId)],
    });
    expect(bond).toBe(TITLE_BOND - end.fromTitles - end.spent);
  });

  it('has it on the page of the claim, each step with its transaction', async () => {
    await followSteps(visitor, end.claimId, [...JURORS_STEPS, /Host excused/]);
    await visitor.text('claim-state', /excused/i);
    await visitor.text('blame-state', /closed/i);
    await visitor.text('blame-verdict', /upheld: the editions answer/i);
    await visitor.text('blame', /3 repeated/);
    await visitor.page.getByText(money(end.fromTitles)).first().waitFor();
    await visitor.shoot('blame-upheld');
  });

  it('has its evidence checked again in a browser: the hits were real', async () => {
    await visitor.page.getByTestId('check-again').click();
    const results = visitor.page.getByTestId('check-results');
    await results.waitFor();
    expect(await results.getByLabel('fails').count(), (await results.textContent()) ?? '').toBe(0);
  });

  it('is excused on its own page, and the bait is marked on its', async () => {
    expect(await isMarked(bait.modelId)).toBe(true);
    await visitor.go(`/hosts/${bait.account}`);
    await visitor.text('host-end', /excused.*its bond lost nothing/i);
    await visitor.go(`/models/${bait.modelId}/claims`);
    await visitor.text('model-marked', /marked/i);
    await visitor.text('blame-row', /upheld/i);
    await visitor.shoot('bait');
    await visitor.page.getByTestId('blame-row').getByRole('link').first().click();
    await visitor.text('claim-state', /excused/i);
    expect(visitor.errors).toEqual([]);
  });

  it('may have the marks of its bait looked at again, by anybody who pays the arbitrator', async () => {
    await connectWallet(visitor);
    await visitor.page.getByTestId('blame-appealMarks').click();
    const blames = { address: deployment().contracts.blames, abi: blamesAbi } as const;
    const fromBlock = BigInt(deployment().deployedAtBlock);
    const [appeal] = await until('the dispute', async () => {
      const appeals = await connectRpc().getContractEvents({
        ...blames,
        eventName: 'MarksAppealed',
        fromBlock,
        strict: true,
      });
      return appeals.length > 0 ? appeals : undefined;
    });
    expect(appeal!.args.appellant).toBe(actors.outsider.address);
    // Until a judge has spoken, the marks stand.
    expect(await isMarked(bait.modelId)).toBe(true);
    expect(visitor.errors).toEqual([]);
  });
});

describe('a cheat that blames what it was delivered', () => {
  let visitor: Visitor;
  let cheat: BlameTold;
  let end: Ending;
  beforeAll(async () => {
    [visitor, cheat] = await Promise.all([visit(actors.outsider.account), told('defiant')]);
    end = await ending(cheat);
  });
  afterAll(() => visitor.leave());

  it('is not believed: the delivered edition does not repeat the hits', () => {
    expect(end.blame.state).toBe(BLAME_STATE.CLOSED);
    expect(end.upheld).toBe(false);
    expect([...end.jurors].toSorted()).toEqual(JURORS.toSorted());
    expect(end.claim.state).toBe(CLAIM_STATE.SLASHED);
  });

  it('loses the slash and the deposit, and nobody else pays', async () => {
    expect(end.bond).toBe(end.deposited - end.claim.reach);
    expect(end.fromTitles).toBe(0n);
    expect(end.spent).toBe(end.deposit);
    const credit = { address: deployment().contracts.blames, abi: blamesAbi, functionName: 'owed' } as const;
    expect(await connectRpc().readContract({ ...credit, args: [end.payer as Address] })).toBe(0n);
    expect(await isMarked(cheat.modelId)).toBe(false);
  });

  it('has it on the page of the claim, with the deposit that is gone', async () => {
    await followSteps(visitor, end.claimId, [...JURORS_STEPS, /Slashed/]);
    await visitor.text('claim-state', /slashed/i);
    await visitor.text('blame-verdict', new RegExp(`not upheld.*${money(end.deposit).source}.*gone`, 'i'));
    await visitor.text('blame', /3 not repeated/);
    await visitor.shoot('blame-lost');
    await visitor.go(`/hosts/${cheat.account}`);
    await visitor.text('host-end', /slashed/i);
    expect(visitor.errors).toEqual([]);
  });
});
