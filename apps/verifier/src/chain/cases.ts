import { blamesAbi, leakCourtAbi, namesAbi } from '@oml/contracts/abis';
import { readLogs, type BlockRange } from '@oml/program/read-logs';
import { BLAME_FINDINGS, BLAME_STATE } from '@oml/protocol/chain/blame-state';
import { REPORT_KINDS, REPORT_OUTCOMES, REPORT_STATE } from '@oml/protocol/chain/report-state';
import type { Chain } from '@oml/service/chain';
import { isAddressEqual, type Address, type Hex } from 'viem';
import { sendUnless, unlessFaster } from './send-unless.ts';

/** What committees are asked about. */
export const CASE_KINDS = [...REPORT_KINDS, 'blame'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** What somebody pointed to on a case. */
export interface Pointer {
  by: Address;
  evidenceHash: Hex;
  evidenceUri: string;
}

/** A case as a committee has it, whichever court asks. */
export interface Case {
  kind: CaseKind;
  /** What its votes say, by their numbers. */
  votes: readonly string[];
  /** Waits for its committee. */
  isHeard(): Promise<boolean>;
  /** Has the court apply what the committee said. */
  decide(): Promise<Hex | undefined>;
}

/** The courts that summon committees, as a juror uses them. */
export type Cases = ReturnType<typeof casesOf>;

export function casesOf(chain: Chain) {
  const { publicClient, deployment } = chain;
  const leaks = { address: deployment.contracts.leakCourt, abi: leakCourtAbi } as const;
  const blames = { address: deployment.contracts.blames, abi: blamesAbi } as const;

  const report = (id: bigint) => publicClient.readContract({ ...leaks, functionName: 'report', args: [id] });
  const blame = (id: bigint) => publicClient.readContract({ ...blames, functionName: 'blameOf', args: [id] });
  const all = async <Log>(read: (range: BlockRange) => Promise<Log[]>): Promise<Log[]> => {
    const toBlock = await publicClient.getBlockNumber();
    return readLogs({ fromBlock: BigInt(deployment.deployedAtBlock), toBlock, read });
  };
  const decideAt = (court: typeof leaks | typeof blames, caseId: bigint, isHeard: () => Promise<boolean>) =>
    unlessFaster(
      sendUnless(chain, async () => !(await isHeard()), { ...court, functionName: 'decide', args: [caseId] }),
    );

  return {
    report,
    blame,

    /** Undefined where a court asks that this verifier does not know. */
    async of({ court, caseId }: { court: Address; caseId: bigint }): Promise<Case | undefined> {
      if (isAddressEqual(court, leaks.address)) {
        const isHeard = async () => (await report(caseId)).state === REPORT_STATE.HEARD;
        const kind = REPORT_KINDS[(await report(caseId)).kind]!;
        return { kind, votes: REPORT_OUTCOMES, isHeard, decide: () => decideAt(leaks, caseId, isHeard) };
      }
      if (isAddressEqual(court, blames.address)) {
        const isHeard = async () => (await blame(caseId)).state === BLAME_STATE.HEARD;
        return { kind: 'blame', votes: BLAME_FINDINGS, isHeard, decide: () => decideAt(blames, caseId, isHeard) };
      }
      return undefined;
    },

    /** What the parties of a report pointed to, oldest first. */
    async reportPointers(reportId: bigint): Promise<Pointer[]> {
      const filter = { ...leaks, eventName: 'EvidenceSubmitted', args: { reportId }, strict: true } as const;
      const logs = await all((range) => publicClient.getContractEvents({ ...filter, ...range }));
      return logs.map(({ args: { by, evidenceHash, evidenceUri } }) => ({ by, evidenceHash, evidenceUri }));
    },

    /** What anybody pointed to on a blame, oldest first. */
    async blamePointers(blameId: bigint): Promise<Pointer[]> {
      const filter = { ...blames, eventName: 'BlameEvidence', args: { blameId }, strict: true } as const;
      const logs = await all((range) => publicClient.getContractEvents({ ...filter, ...range }));
      return logs.map(({ args: { by, evidenceHash, evidenceUri } }) => ({ by, evidenceHash, evidenceUri }));
    },

    /** Where a report about a leak says it is, as its reporter wrote it. */
    async endpointOf(reportId: bigint): Promise<string> {
      const filter = { ...leaks, eventName: 'LeakReported', args: { reportId }, strict: true } as const;
      const [filed] = await all((range) => publicClient.getContractEvents({ ...filter, ...range }));
      return filed!.args.endpoint;
    },

    /** The name that a report is about; undefined where nobody registered it. */
    async nameText(nameId: Hex): Promise<string | undefined> {
      const { text } = await publicClient.readContract({
        address: deployment.contracts.names,
        abi: namesAbi,
        functionName: 'nameOf',
        args: [nameId],
      });
      return text || undefined;
    },
  };
}
