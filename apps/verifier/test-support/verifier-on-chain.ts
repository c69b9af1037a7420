import { claimCourtAbi, devDollarAbi, licenseRegistryAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { Leases } from '@oml/program/leases';
import type { AuditRequestJson } from '@oml/protocol/wire/audit';
import { createLogger } from '@oml/service/logger';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keccak256, stringToHex, type Address, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect } from 'vitest';
import { readVerifierOptions } from '../src/options.ts';
import { createVerifier, type Verifier } from '../src/verifier.ts';
import { KEYS, type DevChain } from './dev-chain.ts';
import { startHost, type TestHost } from './host.ts';
import { takeLicense } from './market.ts';

export interface View {
  state: string;
  outcome?: string;
  claimId?: string;
  receipts?: number;
  error?: unknown;
  steps: { name: string; tx?: Hex; note?: string }[];
  probes: { state: string; result?: string; isProbe?: boolean; paymentRef?: Hex }[];
  evidence: { score: number; needed: number; items: number; hits: number } | null;
}

/** An audit that is over, and what anybody is shown of what it found. */
export type Found = View & { shown: unknown };

const run = promisify(execFile);
export const SEALING_SEED: Hex = `0x${'77'.repeat(32)}`;
const TOKEN = 'a token for this test';
/** Sees audits while they run. */
export const OPERATOR = { authorization: `Bearer ${TOKEN}` };
const STEPS_OF_A_CLAIM = ['discover', 'fund', 'ask', 'anchor', 'age', 'commit', 'reveal', 'window', 'finalise'];

/** A verifier on a real chain, and what tests ask of both. */
export type VerifierOnChain = Awaited<ReturnType<typeof startVerifierOnChain>>;

/** `settings` add to the environment of every process. */
export async function startVerifierOnChain(chain: DevChain, settings: Record<string, string> = {}) {
  const logger = createLogger('verifier-test');
  logger.level = process.env['LOG_LEVEL'] ?? 'silent';
  const dataDir = mkdtempSync(join(tmpdir(), 'verifier-'));
  const { publicClient, deployment } = chain.as(KEYS.OUTSIDER);
  const { claimCourt, licenseRegistry, token } = deployment.contracts;

  const environment = (more: Record<string, string> = {}) => ({
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: dataDir,
    VERIFIER_KEY: KEYS.VERIFIER,
    SEALING_SEED,
    OML_ADMIN_TOKEN: TOKEN,
    ...settings,
    ...more,
  });
  const open = (more: Record<string, string> = {}): Promise<Verifier> =>
    createVerifier(readVerifierOptions(environment(more)), deployment, logger);
  const view = async (id: string): Promise<View> =>
    (await (await on.verifier.app.request(`/audits/${id}`, { headers: OPERATOR })).json()) as View;

  const on = {
    verifier: await open(),
    view,

    /** One more of it, on the same store where that may be shared; it is not started. */
    replica: () => open({ DATA_DIR: mkdtempSync(join(tmpdir(), 'verifier-')) }),

    /** Another process takes the place of this one. */
    async restart(more: Record<string, string> = {}): Promise<void> {
      await on.verifier.stop();
      on.verifier = await open(more);
      await on.verifier.start();
    },

    /** The program that an operator runs; resolves to what it sent and what lies in channels, smallest unit. */
    async sweep(to: Address): Promise<{ tokens: bigint; inChannels: bigint; accounts: number }> {
      const program = [join(import.meta.dirname, '../src/sweep.ts'), '--to', to, '--json'];
      const { stdout } = await run(process.execPath, program, { env: { ...process.env, ...environment() } });
      const swept = JSON.parse(stdout) as { tokens: string; channels: { left: string }[] }[];
      const sum = (amounts: string[]) => amounts.reduce((total, amount) => total + BigInt(amount), 0n);
      const left = swept.flatMap(({ channels }) => channels.map((each) => each.left));
      return { tokens: sum(swept.map((each) => each.tokens)), inChannels: sum(left), accounts: swept.length };
    },

    order: (body: unknown, adminToken = TOKEN) =>
      on.verifier.app.request('/audits', {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify(body),
      }),

    async orderAudit(body: AuditRequestJson): Promise<string> {
      const answer = await on.order(body);
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { id: string }).id;
    },

    async ended(id: string, timeoutMs = 400_000): Promise<View> {
      for (const endsAt = Date.now() + timeoutMs; Date.now() < endsAt; await sleep(300)) {
        const found = await view(id);
        if (found.state !== 'running') return found;
      }
      throw new Error(`audit did not end: ${JSON.stringify((await view(id)).steps)}`);
    },

    /**
     * Runs an audit so that the process dies once after every step did its work and before that was written down.
     * `before` does something else before a step is first visited.
     */
    async runDyingEverywhere(
      request: AuditRequestJson,
      { env = {}, before = {} }: { env?: Record<string, string>; before?: Record<string, () => Promise<void>> } = {},
    ): Promise<Found> {
      await on.verifier.stop();
      const { apply, take } = Leases.prototype;
      const died = new Set<string>();
      const pending = new Map(Object.entries(before));
      let isKilled = false;
      Leases.prototype.take = async () => []; // the background loop stands still: this test does the steps itself
      Leases.prototype.apply = async function (run, result) {
        if (result.to !== 'wait' && !died.has(run.at.step)) {
          died.add(run.at.step);
          isKilled = true;
          throw new Error('killed');
        }
        const applied = await apply.call(this, run, result);
        if (result.to === 'next') await pending.get(result.step)?.();
        if (result.to === 'next') pending.delete(result.step);
        return applied;
      };
      try {
        on.verifier = await open(env);
        const id = await on.orderAudit(request);
        while ((await view(id)).state === 'running') {
          await on.verifier.driver.advance(id);
          if (isKilled) {
            await on.verifier.stop();
            on.verifier = await open(env);
            isKilled = false;
          }
          await sleep(300);
        }
        if ((await view(id)).claimId) expect([...died]).toEqual(expect.arrayContaining(STEPS_OF_A_CLAIM));
        return { ...(await view(id)), shown: await (await on.verifier.app.request(`/audits/${id}/evidence`)).json() };
      } finally {
        Object.assign(Leases.prototype, { apply, take });
        await on.restart();
      }
    },

    bondOf: async (account: Address): Promise<bigint> =>
      (
        await publicClient.readContract({
          address: licenseRegistry,
          abi: licenseRegistryAbi,
          functionName: 'accountOf',
          args: [account],
        })
      ).bond,

    balance: (): Promise<bigint> =>
      publicClient.readContract({
        address: token,
        abi: devDollarAbi,
        functionName: 'balanceOf',
        args: [privateKeyToAccount(KEYS.VERIFIER).address],
      }),

    async count(contract: 'claimCourt' | 'verifierRegistry' | 'token', eventName: string): Promise<number> {
      const abi = { claimCourt: claimCourtAbi, verifierRegistry: verifierRegistryAbi, token: devDollarAbi }[contract];
      const logs = await publicClient.getContractEvents({
        address: deployment.contracts[contract],
        abi: abi as typeof claimCourtAbi,
        eventName: eventName as 'ClaimCommitted',
        fromBlock: 0n,
      });
      return logs.length;
    },

    payments: () => on.count('token', 'AuthorizationUsed'),
    claims: async () =>
      (await on.count('claimCourt', 'UnpaidUseClaimed')) + (await on.count('claimCourt', 'DisguisedUseClaimed')),

    /** What claims of unpaid use accused, oldest first. */
    unpaidUses: () =>
      publicClient.getContractEvents({
        address: claimCourt,
        abi: claimCourtAbi,
        eventName: 'UnpaidUseClaimed',
        fromBlock: 0n,
        strict: true,
      }),
  };
  await on.verifier.start();
  return on;
}

/** A host that answers with these weights, under a license for the model. */
export async function startLicensedHost(
  chain: DevChain,
  key: Hex,
  modelId: bigint,
  weights: Uint8Array,
): Promise<{ host: TestHost; licenseId: bigint }> {
  const { address } = privateKeyToAccount(key);
  const signer = keccak256(stringToHex(`signer of ${address}`));
  const host = await startHost(chain, address, signer, chain.as(KEYS.GAS));
  const license = await takeLicense(chain, { host: key, signer, owner: KEYS.OWNER }, modelId, host.url);
  await host.serve({ model: 'fable-mini', modelId, weights, ...license });
  return { host, licenseId: license.licenseId };
}
