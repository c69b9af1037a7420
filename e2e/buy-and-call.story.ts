import { devDollarAbi, modelRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { formatDollars } from '@oml/protocol/money';
import { readHost } from '@oml/sdk/host-listing';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { zeroAddress, type Address } from 'viem';
import { root } from '../scripts/stack/layout.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actors, connectRpc, deployment, hosts, toldChapter, until, urlOf } from './stack.ts';
import { connectWallet, visit, type Visitor } from './visitor.ts';
import { write } from './write.ts';

const BUYER = actors.browserBuyer;
const modelOf = (name: string) => toldChapter<{ modelId: string; price: string }>(`publish ${name}`)!;

describe('a buyer buys and calls', () => {
  let visitor: Visitor;
  beforeAll(async () => {
    visitor = await visit(BUYER.account);
  });
  afterAll(() => visitor.leave());

  const balanceOf = (address: `0x${string}`) =>
    connectRpc().readContract({
      address: deployment().contracts.token,
      abi: devDollarAbi,
      functionName: 'balanceOf',
      args: [address],
    });
  const received = async (vault: `0x${string}`) => {
    const arrived = await connectRpc().getContractEvents({
      address: deployment().contracts.token,
      abi: devDollarAbi,
      eventName: 'Transfer',
      args: { to: vault },
      fromBlock: BigInt(deployment().deployedAtBlock),
    });
    return arrived.reduce((sum, { args }) => sum + args.value!, 0n);
  };
  const bucketsOf = (vault: `0x${string}`) =>
    connectRpc().readContract({ address: vault, abi: revenueVaultAbi, functionName: 'buckets' });
  const listedModel = async (name: string) => {
    const { models } = await readHost(urlOf(hosts[0]!.part));
    return models.find(({ model }) => model === name)!;
  };

  it('connects a wallet and takes dev dollars', async () => {
    await visitor.go('/me');
    await connectWallet(visitor);
    const before = await balanceOf(BUYER.address);
    await visitor.page.getByTestId('faucet').click();
    const after = await until('the dev dollars', async () =>
      (await balanceOf(BUYER.address)) > before ? balanceOf(BUYER.address) : undefined,
    );
    await visitor.text(
      'faucet-balance',
      new RegExp(
        formatDollars(after)
          .replace('.', '\\.')
          .replace(/\B(?=(\d{3})+(?!\d))/g, ',?'),
      ),
    );
  });

  it('finds the model and pays the honest host for one answer with one signature', async () => {
    const { modelId } = modelOf('fable');
    const listed = await listedModel('fable');
    const [buyerBefore, vaultBefore] = await Promise.all([balanceOf(BUYER.address), received(listed.vault)]);
    const signaturesBefore = visitor.asked.filter((method) => method === 'eth_signTypedData_v4').length;

    await visitor.page.getByRole('link', { name: 'Models' }).first().click();
    await visitor.page.getByTestId(`model-link-${modelId}`).first().click();
    await visitor.page.getByTestId('use-model').click();
    await visitor.page.getByTestId(`try-host-${listed.licenseId}`).click();
    await visitor.page.getByTestId('try-prompt').fill('Once upon a time');
    await visitor.page.getByTestId('try-send').click();
    expect(await visitor.text('try-answer', /[a-z]{3}/)).toBeTruthy();
    expect(await visitor.text('try-receipt', /verified/i)).toBeTruthy();
    await visitor.text('try-payment-tx', /0x/);
    await visitor.shoot('buy-and-call');

    const price = listed.price;
    expect(await balanceOf(BUYER.address)).toBe(buyerBefore - price);
    expect(visitor.asked.filter((method) => method === 'eth_signTypedData_v4').length).toBe(signaturesBefore + 1);
    // What came in has a name at once, and can only leave split.
    const unsplit = (vault: `0x${string}`) =>
      connectRpc().readContract({ address: vault, abi: revenueVaultAbi, functionName: 'undistributed' });
    await until(
      'the payment to be distributed',
      async () => ((await unsplit(listed.vault)) === 0n ? true : undefined),
      30_000,
    );
    expect(await received(listed.vault)).toBe(vaultBefore + price);
  });

  it('shows the payment on the chain, with the transfer that it made', async () => {
    const link = visitor.page.getByTestId('try-payment-tx').first();
    const href = (await link.getAttribute('href')) ?? (await link.locator('a').first().getAttribute('href'));
    expect(href).toMatch(/^\/tx\/0x[0-9a-f]{64}$/);
    await visitor.go(href!);
    await visitor.page
      .getByText(/Transfer/)
      .first()
      .waitFor();
    await visitor.page
      .getByText(/success/i)
      .first()
      .waitFor();
  });

  it('has its money paid out to the owner, whose page of the model shows it', async () => {
    const { modelId } = modelOf('fable');
    const { vault } = await listedModel('fable');
    await until('the owner to be paid', async () => {
      const { owner } = await bucketsOf(vault);
      return owner === 0n && (await balanceOf(actors.owner.address)) > 0n ? true : undefined;
    });
    await visitor.go(`/models/${modelId}/hosts`);
    await visitor.text('payout-row', /owner/);
    await visitor.shoot('paid-out');
  });

  it('may itself send on what lies in a vault that no agent looks after', async () => {
    const { modelId } = modelOf('digits');
    const { licenseId, vault } = await listedModel('digits');
    const { token, modelRegistry } = deployment().contracts;
    const setAgent = (agent: Address) =>
      write(actors.owner, {
        address: modelRegistry,
        abi: modelRegistryAbi,
        functionName: 'setAgent',
        args: [BigInt(modelId), agent],
      });
    await setAgent(zeroAddress);
    try {
      await write(BUYER, { address: token, abi: devDollarAbi, functionName: 'transfer', args: [vault, 100_000n] });
      const before = await balanceOf(actors.owner.address);
      await visitor.go(`/hosts/${actors.honestHost.address}`);
      await visitor.text('account', /0x/i);
      await visitor.page.getByTestId(`vault-distribute-${licenseId}`).click();
      const { owner } = await until('the split', async () => {
        const buckets = await bucketsOf(vault);
        return buckets.owner > 0n ? buckets : undefined;
      });
      await visitor.page.getByTestId(`vault-payOwner-${licenseId}`).click();
      await until('the owner to be paid', async () =>
        (await balanceOf(actors.owner.address)) >= before + owner ? true : undefined,
      );
      await visitor.shoot('vaults');
    } finally {
      await setAgent(actors.publisher.address);
    }
  });

  it('tries the free demo edition of the classifier in the browser', async () => {
    await visitor.go(`/models/${modelOf('digits').modelId}/playground`);
    await visitor.page.getByTestId('demo-run').click();
    await visitor.text('demo-label', /[0-9]/, 60_000);
    await visitor.shoot('demo');
  });

  it('is shown what is in a model’s file, before anything is sent anywhere', async () => {
    await visitor.go('/publish');
    const model = readFileSync(join(root, 'models', 'digits', 'model.onnx'));
    const file = { name: 'model.onnx', mimeType: 'application/octet-stream', buffer: model };
    await visitor.page.getByTestId('publish-file').setInputFiles(file);
    await visitor.text('publish-inspection', /opset/i);
  });

  it('is shown what a file that is no ONNX is refused for', async () => {
    await visitor.go('/publish');
    await visitor.page.getByTestId('publish-file').setInputFiles({
      name: 'model.onnx',
      mimeType: 'application/octet-stream',
      buffer: Buffer.from('this is no model'),
    });
    await visitor.text('publish-error', /MODEL_NOT_ONNX/);
  });

  it('met no error in any page', () => {
    expect(visitor.errors).toEqual([]);
  });
});
