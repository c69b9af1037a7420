// What the bench's host learns from is what a host sees: the same views, once from the plan, once from its own server
// and the chain.
import { createBuyer } from '@oml/sdk/buyer';
import { devDollarAbi } from '@oml/contracts/abis';
import { privateKeyToAccount } from 'viem/accounts';
import { isAddressEqual, keccak256, type Address } from 'viem';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { planCalls, type Plan } from '../../src/payers/plan.ts';
import { planSeed } from '../../src/payers/probing.ts';
import { saltsOf } from '../../src/programs/salts.ts';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import type { Seen, TestHost } from '../../test-support/host.ts';
import { cleanModel, fund, PRICE, publishModel } from '../../test-support/market.ts';
import {
  SEALING_SEED,
  startLicensedHost,
  startVerifierOnChain,
  type VerifierOnChain,
} from '../../test-support/verifier-on-chain.ts';
import { SDK_HEADERS, viewOf } from './planned.ts';

const VERIFIER = privateKeyToAccount(KEYS.VERIFIER).address;
const PURSE = privateKeyToAccount(KEYS.OUTSIDER).address;
const CALLS = 16;
let chain: DevChain;
let on: VerifierOnChain;
let host: TestHost;
let licenseId: bigint;
let plan: Plan;

interface Transfer {
  from: Address;
  to: Address;
  value: bigint;
}
let transfers: Transfer[];

beforeAll(async () => {
  chain = await startDevChain();
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, 'http://127.0.0.1:1');
  const [licensed] = await Promise.all([
    startLicensedHost(chain, KEYS.HOST, modelId, cleanModel),
    fund(chain, KEYS.VERIFIER, 100n),
    fund(chain, KEYS.OUTSIDER, 100n),
    fund(chain, KEYS.CLEAN, 100n),
  ]);
  ({ host, licenseId } = licensed);
  on = await startVerifierOnChain(chain, { PURSE_KEY: KEYS.OUTSIDER });
  const id = await on.orderAudit({ kind: 'paid-use', licenseId: String(licenseId), calls: CALLS });
  expect((await on.verifier.app.request(`/audits/${id}`)).status).toBe(404); // not while it runs
  expect(await on.ended(id)).toMatchObject({ state: 'done', outcome: 'paid' });
  const wishes = { calls: CALLS, price: PRICE, mostPayers: Number.MAX_SAFE_INTEGER, spreadMs: 4_000 };
  plan = planCalls(planSeed(saltsOf(SEALING_SEED), id, 0), wishes);
  const token = { address: chain.deployment.contracts.token, abi: devDollarAbi } as const;
  const { publicClient } = chain.as(KEYS.GAS);
  const logs = await publicClient.getContractEvents({ ...token, eventName: 'Transfer', fromBlock: 0n, strict: true });
  transfers = logs.map(({ args: { from, to, value } }) => ({ from, to, value }));
});

afterAll(async () => {
  await on?.verifier.stop();
  await host?.stop();
  await chain?.stop();
});

const received = (by: Address) => transfers.filter(({ to }) => isAddressEqual(to, by));
/** Everybody whose money can have got there. */
function ancestors(of: Address): Address[] {
  const found = new Set<Address>();
  const look = (account: Address): void => {
    for (const { from } of received(account)) if (!found.has(from) && found.add(from)) look(from);
  };
  look(of);
  return [...found];
}
const payers = () => [...new Set(host.seen.map(({ payer }) => payer))];

it('no payer is the verifier, or anybody whom its money reached', async () => {
  expect(payers()).toHaveLength(plan.payers.length);
  for (const payer of payers()) {
    expect(ancestors(payer)).toContain(PURSE);
    expect([payer, ...ancestors(payer)]).not.toContain(VERIFIER);
  }
});

it('a host sees of each call what the plan says, and nothing else', async () => {
  const { publicClient } = chain.as(KEYS.GAS);
  const seats = payersOfSeats();
  const begin = 0;
  for (const [seat, payer] of seats) {
    const [grant] = received(payer);
    const calls = host.seen.filter((seen) => seen.payer === payer);
    const planned = plan.calls
      .flatMap((call, i) => (call.payer === seat ? [i] : []))
      .sort((a, b) => plan.calls[a]!.at - plan.calls[b]!.at)
      .map((i) => viewOf(plan, i, { audit: 0, begin, price: PRICE, body: {} }));
    expect(calls).toHaveLength(planned.length);
    expect(received(payer)).toHaveLength(1);
    for (const view of planned) {
      expect(Number(grant!.value)).toBe(view.history.received);
      expect(view.history.siblings).toBe(transfers.filter(({ from }) => from === grant!.from).length);
    }
    expect(await publicClient.getTransactionCount({ address: payer })).toBe(planned[0]!.history.nonce);
    expect(await publicClient.getBalance({ address: payer })).toBe(0n);
  }
  expect(new Set(host.seen.map(({ port }) => port)).size).toBe(CALLS);
});

it('its requests are letter for letter those of anybody who uses the SDK', async () => {
  const before = host.seen.length;
  const { publicClient, deployment } = chain.as(KEYS.CLEAN);
  const account = privateKeyToAccount(KEYS.CLEAN);
  const buyer = createBuyer({ account, publicClient, deployment, maxAmountPerPayment: PRICE });
  const asked = { model: 'fable-mini', prompt: 'The fox', maxTokens: 16 };
  await buyer.complete(host.url, asked);
  await buyer.complete(host.url, { ...asked, temperature: 0.7, onText: () => {} });
  const [plain, streamed] = host.seen.slice(before).map(lookOf);
  const looks = host.seen.slice(0, before).map(lookOf);
  expect(plain!.names).toEqual(SDK_HEADERS);
  for (const look of looks) {
    expect(look.names).toEqual(plain!.names);
    expect(look.values).toEqual(plain!.values);
    expect([plain!.keys, streamed!.keys, [...plain!.keys, 'temperature'], [...plain!.keys, 'stream']]).toContainEqual(
      look.keys,
    );
  }
  expect(looks.some(({ keys }) => keys.includes('stream'))).toBe(true);
});

/** What is the same for everybody. */
function lookOf({ headers, body }: Seen) {
  const names = headers.filter((_, i) => i % 2 === 0).map((name) => name.toLowerCase());
  const own = new Set(['oml-request-nonce', 'payment-signature', 'content-length', 'host']);
  const values = names.flatMap((name, i) => (own.has(name) ? [] : [headers[2 * i + 1]]));
  return { names, values, keys: Object.keys(body) };
}

/** The payer of each seat, by what it was given: amounts of one plan may repeat, calls of a payer tell them apart. */
function payersOfSeats(): Map<number, Address> {
  const left = payers();
  return new Map(
    plan.payers.map(({ amount }, seat) => {
      const count = plan.calls.filter((call) => call.payer === seat).length;
      const at = left.findIndex(
        (payer) =>
          received(payer)[0]!.value === amount && host.seen.filter((seen) => seen.payer === payer).length === count,
      );
      expect(at).toBeGreaterThanOrEqual(0);
      return [seat, left.splice(at, 1)[0]!] as const;
    }),
  );
}
