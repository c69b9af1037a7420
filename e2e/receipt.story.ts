import { revenueVaultAbi } from '@oml/contracts/abis';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentPath } from '../scripts/stack/layout.ts';
import { allVaults } from './money.ts';
import { actors, connectRpc, deployment, until, urlOf } from './stack.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import { visit, type Visitor } from './visitor.ts';

interface Look {
  booked: { licenseId: string; client: string; total: string }[];
  claims: object[];
}

/** A payment that some vault has booked. */
async function bookedPayment(): Promise<Hex> {
  const block = await connectRpc().getBlockNumber();
  const address = (await allVaults(block)).map((vault) => vault.address);
  const event = { abi: revenueVaultAbi, eventName: 'Booked', strict: true } as const;
  const fromBlock = BigInt(deployment().deployedAtBlock);
  const [booked] = await connectRpc().getContractEvents({ ...event, address, fromBlock, toBlock: block });
  return booked!.args.paymentRef;
}

describe('whoever holds the hash of a receipt or a payment', () => {
  let terminal: Terminal;
  let visitor: Visitor;
  beforeAll(async () => {
    terminal = await openTerminal();
    visitor = await visit(actors.outsider.account);
  });
  afterAll(async () => {
    await visitor?.leave();
    terminal?.remove();
  });

  it('hears from the index what the chain says, and sees it on a page', async () => {
    const hash = await bookedPayment();
    const show = async (...where: string[]): Promise<Look> =>
      JSON.parse(await terminal.type(`npx oml receipt show ${hash} --json ${where.join(' ')}`)) as Look;
    const { booked, claims } = await show('--rpc', urlOf('chain'), '--deployment', deploymentPath);
    // The index may be a block behind.
    const told = await until('the index', async () => {
      const index = await show('--index', urlOf('indexer'));
      return index.booked.length >= booked.length ? index : undefined;
    });
    expect(told.booked).toEqual(expect.arrayContaining(booked.map((each) => expect.objectContaining(each))));
    expect(told.claims).toHaveLength(claims.length);
    await visitor.go(`/receipts/${hash}`);
    await visitor.text('receipt-booking', new RegExp(`^${booked[0]!.licenseId}`));
    await visitor.shoot('receipt');
    await visitor.go(`/receipts/0x${'77'.repeat(32)}`);
    await visitor.page.getByText('The chain does not know it').waitFor();
    expect(visitor.errors).toEqual([]);
  });
});
