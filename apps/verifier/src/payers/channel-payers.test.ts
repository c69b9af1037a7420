import { devDollarAbi } from '@oml/contracts/abis';
import { keccak256 } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { KEYS, startDevChain, type DevChain } from '../../test-support/dev-chain.ts';
import { startGateway } from '../../test-support/gateway.ts';
import { fund, PRICE, publishModel } from '../../test-support/market.ts';
import { SEALING_SEED, startVerifierOnChain, type VerifierOnChain } from '../../test-support/verifier-on-chain.ts';
import { saltsOf } from '../programs/salts.ts';
import { planCalls } from './plan.ts';
import { planSeed } from './probing.ts';

const PURSE = privateKeyToAccount(KEYS.OUTSIDER).address;
const CALLS = 16;
let chain: DevChain;
let on: VerifierOnChain;
let gateway: Awaited<ReturnType<typeof startGateway>>;

beforeAll(async () => {
  chain = await startDevChain();
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const { modelId } = await publishModel(chain, KEYS.OWNER, book, 'http://127.0.0.1:1');
  await Promise.all([fund(chain, KEYS.VERIFIER, 100n), fund(chain, KEYS.OUTSIDER, 100n)]);
  gateway = await startGateway(chain, KEYS.HOST, modelId);
  on = await startVerifierOnChain(chain, { PURSE_KEY: KEYS.OUTSIDER });
});

afterAll(async () => {
  await on?.verifier.stop();
  await gateway?.stop();
  await chain?.stop();
});

const held = () => {
  const { publicClient, deployment } = chain.as(KEYS.GAS);
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  return publicClient.readContract({ ...token, functionName: 'balanceOf', args: [PURSE] });
};

/** Audits until a plan has channels: one in a dozen has none. Resolves to how many uses were paid. */
async function auditByChannel(): Promise<number> {
  for (let uses = CALLS; ; uses += CALLS) {
    const id = await on.orderAudit({ kind: 'paid-use', licenseId: String(gateway.licenseId), calls: CALLS });
    const audit = await on.ended(id);
    // A busy machine may collect later than the few seconds that a claim waits here.
    expect(['paid', 'paid-late']).toContain(audit.outcome);
    expect(audit.probes.map(({ state }) => state)).toEqual(Array.from({ length: CALLS }, () => 'answered'));
    const wishes = { calls: CALLS, price: PRICE, mostPayers: Number.MAX_SAFE_INTEGER, spreadMs: 4_000 };
    const { payers, calls } = planCalls(planSeed(saltsOf(SEALING_SEED), id, 0), wishes);
    const out = calls.filter(({ payer }) => payers[payer]!.byChannel).length;
    const channels = payers.filter(({ byChannel }) => byChannel).length;
    expect(new Set(audit.probes.map(({ paymentRef }) => paymentRef)).size).toBe(CALLS - out + channels);
    if (channels > 0) return uses;
  }
}

it('a gateway is asked by single payments and out of channels, and all that is left comes back', async () => {
  const before = await held();
  const uses = await auditByChannel();
  // A host pays a channel back at once, or it is asked back past it, which takes the channel's delay.
  const { inChannels } = await on.sweep(PURSE);
  expect((await held()) + inChannels).toBe(before - PRICE * BigInt(uses));
}, 600_000);
