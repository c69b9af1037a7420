import { devDollarAbi, licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { CLAIM_STATE } from '@oml/protocol/chain/claim-state';
import { createBuyer, type Paid } from '@oml/sdk/buyer';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Address, Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mintDollars } from '../scripts/stack/dollars.ts';
import { root } from '../scripts/stack/layout.ts';
import { license, type Licensed } from '../scripts/stack/licenses.ts';
import type { Published } from '../scripts/stack/publish.ts';
import { drainedHost, gateway } from '../scripts/stack/services.ts';
import { untilUp } from '../scripts/stack/wait.ts';
import { claimOf, claimUnpaidUse, finaliseUnpaidUse } from './claimant.ts';
import { startOwnPart, type OwnPart } from './own-part.ts';
import { actors, connectRpc, deployment, toldChapter, until, urlOf } from './stack.ts';
import { visit, type Visitor } from './visitor.ts';
import { write } from './write.ts';

const DOLLAR = 1_000_000n;
/** Of the host's vault, and of the payment: what a rollback of some blocks must not reach. */
const QUIET_BLOCKS = 6n;
const PIXELS = 28 * 28;
const HOST = actors.drainedHost.address;
const PAYER = actors.drainer;

const token = () => ({ address: deployment().contracts.token, abi: devDollarAbi }) as const;
const balanceOf = (account: Address) =>
  connectRpc().readContract({ ...token(), functionName: 'balanceOf', args: [account] });
const bondOf = async () => {
  const registry = { address: deployment().contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
  return (await connectRpc().readContract({ ...registry, functionName: 'accountOf', args: [HOST] })).bond;
};
const untilBlock = (block: bigint) =>
  until('some blocks', async () => ((await connectRpc().getBlockNumber()) >= block ? true : undefined));

describe('a host drained during an outage', () => {
  let visitor: Visitor;
  let model: Published;
  let licensed: Licensed;
  let host: OwnPart | undefined;
  let use: Paid;
  let claimId: Hex;
  let bond: bigint;

  const up = async () => {
    host = startOwnPart(gateway(drainedHost));
    await untilUp(drainedHost.part, `${urlOf(drainedHost.part)}/ready`);
  };
  const down = async () => {
    await host?.stop();
    host = undefined;
  };
  const booked = async () => {
    const { paymentRef, client } = use.signedReceipt.receipt;
    const vault = { address: licensed.vault, abi: revenueVaultAbi } as const;
    return connectRpc().readContract({ ...vault, functionName: 'booked', args: [paymentRef, client] });
  };

  beforeAll(async () => {
    model = toldChapter<Published>('publish digits')!;
    await mintDollars({ drainedHost: 60n * DOLLAR, drainedGas: DOLLAR, drainer: 2n * DOLLAR });
    [licensed, visitor] = await Promise.all([license(drainedHost, model), visit(actors.outsider.account)]);
    await up();
    bond = await bondOf();
    await untilBlock((await connectRpc().getBlockNumber()) + QUIET_BLOCKS);
  });
  afterAll(async () => {
    await down();
    await visitor?.leave();
  });

  it('was paid for an answer, and books it', async () => {
    const { address: _, account } = PAYER;
    const buyer = createBuyer({
      account,
      publicClient: connectRpc(),
      deployment: deployment(),
      maxAmountPerPayment: 10_000n,
    });
    const image = new Uint8Array(readFileSync(join(root, 'models', 'digits', 'heldout.u8'))).slice(0, PIXELS);
    use = await buyer.classify(urlOf(drainedHost.part), {
      model: model.name,
      dtype: 'uint8',
      shape: [1, 1, 28, 28],
      data: image,
    });
    expect(await booked()).toBe(use.signedReceipt.receipt.cumulative);
  });

  it('is down when the chain drops the payment, and its payer spends the money elsewhere', async () => {
    await down();
    const rpc = connectRpc();
    const { blockNumber } = await rpc.getTransactionReceipt({ hash: use.payment.tx! });
    const depth = Number((await rpc.getBlockNumber()) - blockNumber) + 1;
    await rpc.request({ method: 'anvil_reorg' as never, params: [depth, []] as never });
    const left = (await balanceOf(PAYER.address)) - DOLLAR; // and keeps what a claim asks
    await write(PAYER, { ...token(), functionName: 'transfer', args: [actors.outsider.address, left] });
    expect(await booked()).toBe(0n);
  });

  it('is claimed for a use that its vault knows nothing of', async () => {
    claimId = await claimUnpaidUse(PAYER, use);
    expect((await claimOf(claimId)).state).toBe(CLAIM_STATE.CONTESTED);
    await until('the claim on its page', async () => {
      await visitor.go(`/claims/${claimId}`);
      return (await visitor.page.getByTestId('claim-state').count()) > 0 ? true : undefined;
    });
    await visitor.text('claim-state', /contested/i);
    await visitor.text('shortfall', /book \$/i);
  });

  it('comes back in the window, and pays the shortfall out of its own pocket', async () => {
    const before = await balanceOf(actors.drainedGas.address);
    await up();
    const { cumulative } = use.signedReceipt.receipt;
    await until('the shortfall to be booked', async () => ((await booked()) >= cumulative ? true : undefined));
    expect(before - (await balanceOf(actors.drainedGas.address))).toBe(cumulative);
    await visitor.text('shortfall', /booked/);
    await visitor.text('claim-timeline', /Booked/);
    await visitor.shoot('drained-host');
  });

  it('keeps its bond but for a late fee, which the pages say', async () => {
    await finaliseUnpaidUse(PAYER, claimId, use);
    expect((await claimOf(claimId)).state).toBe(CLAIM_STATE.PAID_LATE);
    const fee = bond - (await bondOf());
    expect(fee).toBeGreaterThan(0n);
    // Of a slash there were thirty hundredths.
    expect(fee).toBeLessThanOrEqual(bond / 50n);
    await visitor.text('claim-state', /paid late/i);
    await visitor.go(`/hosts/${HOST}`);
    await visitor.text('host-end', /paid late/i);
    expect(visitor.errors).toEqual([]);
  });
});
