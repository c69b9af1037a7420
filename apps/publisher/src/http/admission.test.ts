import { devDollarAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { mayPublishSchema } from '@oml/protocol/wire/publishing';
import type { Address } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { KEYS, OUTSIDER, OWNER, VERIFIER } from '../../test-support/actors.ts';
import {
  PATIENCE_MS,
  startPublisherOnChain,
  TERMS,
  type PublisherOnChain,
} from '../../test-support/publisher-on-chain.ts';

const DEPOSIT = 40_000_000n;
const CONTACT = 'publish@acme.example';
let chain: DevChain;
const opened: PublisherOnChain[] = [];
beforeAll(async () => void (chain = await startDevChain()), PATIENCE_MS);
afterAll(async () => {
  for (const on of opened) await on.stop();
  await chain?.stop();
});

async function publisher(options: Record<string, string>): Promise<PublisherOnChain> {
  const DATA_DIR = `${chain.scratch}/publisher-${opened.length}`;
  const on = await startPublisherOnChain({ chain, options: { DATA_DIR, CONTACT, ...options } });
  opened.push(on);
  return on;
}
const ask = async (on: PublisherOnChain, who: Address) =>
  mayPublishSchema.parse(await (await on.publisher.app.request(`/owners/${who}`)).json());

/** Orders with files that are nowhere: who may not is told so, who may hears of the files. */
async function order(on: PublisherOnChain, signer: typeof OWNER): Promise<string> {
  const files = { model: 'ab'.repeat(32) };
  const fingerprints = { commonCount: 12, tracingCount: 0, bits: 3 };
  const body = { name: 'x', kind: 'classifier', files, fingerprints, terms: TERMS, owner: signer.address } as const;
  return ((await (await on.post(body, signer)).json()) as { code: string }).code;
}

describe('who may publish', { timeout: PATIENCE_MS }, () => {
  it('by invitation: the owners that are named, and whoever asks hears whom to ask', async () => {
    const on = await publisher({ OWNERS: OWNER.address });
    expect(await (await on.publisher.app.request('/owners')).json()).toEqual({
      by: 'invitation',
      deposit: null,
      contact: CONTACT,
    });
    expect(await ask(on, OWNER.address)).toMatchObject({ may: true, why: null });
    const refused = await ask(on, OUTSIDER.address);
    expect(refused).toMatchObject({ may: false, contact: CONTACT });
    expect(refused.why).toMatch(/by invitation\. Ask publish@acme\.example\./);
    expect([await order(on, OWNER), await order(on, OUTSIDER)]).toEqual(['NOT_FOUND', 'UNAUTHORIZED']);
  });

  it('by deposit: whoever holds it, until it is announced to leave', async () => {
    const on = await publisher({ PUBLISHING: 'deposit', OWNERS: OWNER.address, PUBLISH_DEPOSIT: String(DEPOSIT) });
    const { send } = chain.as(KEYS.OUTSIDER);
    const { token, licenseRegistry } = chain.deployment.contracts;
    const dollar = { address: token, abi: devDollarAbi };
    const registry = { address: licenseRegistry, abi: licenseRegistryAbi };
    await send({ ...dollar, functionName: 'mint', args: [OUTSIDER.address, DEPOSIT] });
    await send({ ...dollar, functionName: 'approve', args: [licenseRegistry, DEPOSIT] });
    await send({ ...registry, functionName: 'depositBond', args: [OUTSIDER.address, DEPOSIT - 1n] });
    const short = await ask(on, OUTSIDER.address);
    expect(short).toMatchObject({ by: 'deposit', deposit: DEPOSIT, may: false });
    expect(short.why).toMatch(/a free bond of 40\.00 dollars .* it has 39\.999999\./);
    expect(await order(on, OUTSIDER)).toBe('UNAUTHORIZED');
    await send({ ...registry, functionName: 'depositBond', args: [OUTSIDER.address, 1n] });
    expect([(await ask(on, OUTSIDER.address)).may, await order(on, OUTSIDER)]).toEqual([true, 'NOT_FOUND']);
    await send({ ...registry, functionName: 'announceExit', args: [1n] });
    expect((await ask(on, OUTSIDER.address)).may).toBe(false);
    expect((await ask(on, OWNER.address)).may).toBe(true);
  });

  it('open: anybody, and what is no address is told so', async () => {
    const on = await publisher({ PUBLISHING: 'open', OWNERS: '' });
    expect(await ask(on, VERIFIER.address)).toMatchObject({ by: 'open', may: true });
    expect(await order(on, VERIFIER)).toBe('NOT_FOUND');
    expect((await on.publisher.app.request('/owners/0x12')).status).toBe(400);
  });
});
