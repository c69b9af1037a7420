import { batchSettlementAbi, devDollarAbi } from '@oml/contracts/abis';
import { readHost } from '@oml/sdk/host-listing';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors, connectRpc, deployment, hosts, toldChapter, until, urlOf } from './stack.ts';
import { connectWallet, visit, type Visitor } from './visitor.ts';

const BUYER = actors.sessionBuyer;
const BUDGET = '0.50';
const { modelId } = toldChapter<{ modelId: string }>('publish fable')!;

describe('a buyer with a session', () => {
  let visitor: Visitor;
  let listed: Awaited<ReturnType<typeof readHost>>['models'][number];
  let funds: bigint;
  beforeAll(async () => {
    visitor = await visit(BUYER.account);
    listed = (await readHost(urlOf(hosts[0]!.part))).models.find(({ model }) => model === 'fable')!;
  });
  afterAll(() => visitor.leave());

  const channels = () => ({ address: deployment().contracts.batchSettlement, abi: batchSettlementAbi }) as const;
  const balance = () =>
    connectRpc().readContract({
      address: deployment().contracts.token,
      abi: devDollarAbi,
      functionName: 'balanceOf',
      args: [BUYER.address],
    });
  const signatures = () => visitor.asked.filter((method) => method === 'eth_signTypedData_v4').length;
  /** Channels that the buyer ever opened, oldest first, with what each holds and what was claimed of it. */
  async function opened(): Promise<{ channelId: Hex; held: bigint; claimed: bigint }[]> {
    const fromBlock = BigInt(deployment().deployedAtBlock);
    const events = await connectRpc().getContractEvents({ ...channels(), eventName: 'ChannelCreated', fromBlock });
    const mine = events.filter(({ args }) => args.config!.payer === BUYER.address);
    return Promise.all(
      mine.map(async ({ args: { channelId } }) => {
        const args = [channelId!] as const;
        const [held, claimed] = await connectRpc().readContract({ ...channels(), functionName: 'channels', args });
        return { channelId: channelId!, held, claimed };
      }),
    );
  }
  const toPlayground = async () => {
    await visitor.go(`/models/${modelId}/playground`);
    await visitor.page.getByTestId(`try-host-${listed.licenseId}`).click();
  };
  const ask = async (prompt: string) => {
    await visitor.page.getByTestId('try-prompt').fill(prompt);
    await visitor.page.getByTestId('try-send').click();
    await visitor.page.getByTestId('try-answer').filter({ hasText: prompt }).waitFor();
    await visitor.text('try-receipt', /verified/i);
  };

  it('begins with a fresh wallet, and opens it by one signature with the first call', async () => {
    await visitor.go('/use');
    await connectWallet(visitor);
    await visitor.page.getByTestId('faucet').click();
    funds = await until('the dev dollars', async () => ((await balance()) > 0n ? balance() : undefined));
    await toPlayground();
    await visitor.page.getByTestId('pay-by-session').check();
    await visitor.page.getByTestId('session-budget').fill(BUDGET);
    await ask('Once upon a time');
    expect(signatures()).toBe(1);
    expect(await balance()).toBe(funds - 500_000n);
    await visitor.text('session-meter', /of \$0\.50 spent/);
    await visitor.shoot('session');
  });

  it('asks on without a signature, also after the page was loaded anew', async () => {
    await ask('The miller had');
    await toPlayground();
    await visitor.text('session-meter', /of \$0\.50 spent/);
    await ask('In the village');
    expect(signatures()).toBe(1);
  });

  it('stops it, and lets it go on', async () => {
    await visitor.go('/use');
    await visitor.page.getByTestId(`session-stop-${listed.licenseId}`).click();
    await visitor.text(`session-${listed.licenseId}`, /Stopped/);
    await toPlayground();
    await visitor.page.getByTestId('pay-by-session').check();
    await visitor.page.getByText('You stopped this session').waitFor();
    await visitor.go('/use');
    await visitor.page.getByTestId(`session-stop-${listed.licenseId}`).click();
    await visitor.text(`session-${listed.licenseId}`, /Open/);
    await visitor.shoot('sessions');
  });

  it('ends it, and has all but what was used in its wallet at once', async () => {
    const before = signatures();
    await visitor.page.getByTestId(`session-end-${listed.licenseId}`).click();
    await visitor.text('session-ended', /came back/);
    const [{ held, claimed }] = (await opened()) as [Awaited<ReturnType<typeof opened>>[number]];
    expect(held).toBe(claimed);
    expect(claimed).toBeGreaterThan(0n);
    expect(claimed).toBeLessThanOrEqual(3n * listed.price);
    expect(await balance()).toBe(funds - claimed);
    expect(signatures()).toBe(before);
    await visitor.page.getByText('No session of this account in this browser').waitFor();
  });

  it('loses the key of another one, and asks for its money past the host all the same', async () => {
    await toPlayground();
    await visitor.page.getByTestId('pay-by-session').check();
    await visitor.page.getByTestId('session-budget').fill(BUDGET);
    await ask('A fox came to');
    await visitor.page.evaluate(async () => {
      localStorage.clear();
      for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name!);
    });
    await visitor.go('/use');
    await connectWallet(visitor);
    await visitor.page.getByText('No session of this account in this browser').waitFor();
    await visitor.page.getByTestId('channels-look').click();
    const { channelId } = (await opened()).at(-1)!;
    await visitor.page.getByTestId(`channel-leave-${channelId}`).click();
    await visitor.page.getByTestId(`row-channel-take-${channelId}`).waitFor();
    const args = [channelId] as const;
    const [leaving] = await connectRpc().readContract({ ...channels(), functionName: 'pendingWithdrawals', args });
    expect(leaving).toBeGreaterThan(0n);
    await visitor.shoot('session-lost');
  });

  it('met no error in any page', () => expect(visitor.errors).toEqual([]));
});
