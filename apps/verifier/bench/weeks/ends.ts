import { claimCourtAbi, leakCourtAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { CLAIM_STATE, CLAIM_STATES, isOpenClaim } from '@oml/protocol/chain/claim-state';
import { REPORT_STATE } from '@oml/protocol/chain/report-state';
import type { Chain } from '@oml/service/chain';

/** What became of everything that was begun on chain. */
export interface Ends {
  /** How many claims ended how, batches and reports there were. */
  counts: Record<string, number>;
  /** What has not ended. */
  open: string[];
  /** Deposits, bonds of claims and stakes that verifiers lost by coming too late. */
  forfeited: string[];
}

/** Reads claims, batches and reports of a whole chain. */
export async function readEnds(chain: Chain): Promise<Ends> {
  const [claims, batches, reports] = await Promise.all([
    endsOfClaims(chain),
    endsOfBatches(chain),
    endsOfReports(chain),
  ]);
  const parts = [claims, batches, reports];
  return {
    counts: Object.assign({}, ...parts.map(({ counts }) => counts)) as Record<string, number>,
    open: parts.flatMap(({ open }) => open),
    forfeited: parts.flatMap(({ forfeited }) => forfeited),
  };
}

async function endsOfClaims({ publicClient, deployment }: Chain): Promise<Ends> {
  const court = { address: deployment.contracts.claimCourt, abi: claimCourtAbi } as const;
  const all = { ...court, fromBlock: BigInt(deployment.deployedAtBlock), strict: true } as const;
  const [unpaid, disguised] = await Promise.all([
    publicClient.getContractEvents({ ...all, eventName: 'UnpaidUseClaimed' }),
    publicClient.getContractEvents({ ...all, eventName: 'DisguisedUseClaimed' }),
  ]);
  const claims = await Promise.all(
    [...unpaid, ...disguised].map(async ({ args: { claimId } }) => ({
      claimId,
      state: (await publicClient.readContract({ ...court, functionName: 'claim', args: [claimId] })).state,
    })),
  );
  const counts: Record<string, number> = {};
  for (const { state } of claims) {
    const name = `claims ${CLAIM_STATES[state]}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  const those = (test: (state: number) => boolean, what: string) =>
    claims.flatMap(({ claimId, state }) => (test(state) ? [`${what}${claimId}`] : []));
  return {
    counts,
    open: those(isOpenClaim, 'claim '),
    forfeited: those((state) => state === CLAIM_STATE.LAPSED, 'bond of claim '),
  };
}

async function endsOfBatches({ publicClient, deployment }: Chain): Promise<Ends> {
  const registry = { address: deployment.contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const all = { ...registry, fromBlock: BigInt(deployment.deployedAtBlock), strict: true } as const;
  const [committed, closed, taken] = await Promise.all([
    publicClient.getContractEvents({ ...all, eventName: 'BatchCommitted' }),
    publicClient.getContractEvents({ ...all, eventName: 'BatchClosed' }),
    publicClient.getContractEvents({ ...all, eventName: 'StakeTaken' }),
  ]);
  const open = await Promise.all(
    committed.map(async ({ args: { batchId } }) => {
      const { deposit } = await publicClient.readContract({ ...registry, functionName: 'batch', args: [batchId] });
      return deposit === 0n ? [] : [`batch ${batchId}`];
    }),
  );
  const burned = closed.filter(({ args }) => !args.isVoid).map(({ args }) => `deposit of batch ${args.batchId}`);
  const stakes = taken.map(({ args }) => `${args.amount} of the stake of ${args.verifier}`);
  return { counts: { batches: committed.length }, open: open.flat(), forfeited: [...burned, ...stakes] };
}

async function endsOfReports({ publicClient, deployment }: Chain): Promise<Ends> {
  const court = { address: deployment.contracts.leakCourt, abi: leakCourtAbi } as const;
  const count = Number(await publicClient.readContract({ ...court, functionName: 'reportCount' }));
  const states = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      publicClient.readContract({ ...court, functionName: 'report', args: [BigInt(i + 1)] }),
    ),
  );
  const open = states.flatMap(({ state }, i) => (state < REPORT_STATE.DECIDED ? [`report ${i + 1}`] : []));
  return { counts: { reports: count }, open, forfeited: [] };
}
