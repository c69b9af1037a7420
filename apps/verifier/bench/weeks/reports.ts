import { devDollarAbi, leakCourtAbi } from '@oml/contracts/abis';
import { REPORT_STATE } from '@oml/protocol/chain/report-state';
import { inlineEvidence } from '@oml/protocol/wire/report-evidence';
import { maxUint256 } from 'viem';
import { KEYS, type DevChain } from '../../test-support/dev-chain.ts';
import { fund } from '../../test-support/market.ts';

/** Somebody who reports endpoints that sign nothing, and takes its bond back when a verdict is final. */
export async function openReporter(chain: DevChain, modelId: bigint) {
  const reporter = chain.as(KEYS.OUTSIDER);
  const { leakCourt, token } = chain.deployment.contracts;
  const court = { address: leakCourt, abi: leakCourtAbi } as const;
  await fund(chain, KEYS.OUTSIDER, 10_000n);
  await reporter.send({ address: token, abi: devDollarAbi, functionName: 'approve', args: [leakCourt, maxUint256] });
  const count = () => reporter.publicClient.readContract({ ...court, functionName: 'reportCount' });
  const read = (id: bigint) => reporter.publicClient.readContract({ ...court, functionName: 'report', args: [id] });
  return {
    /** The committee is to look at this endpoint. */
    async report(endpoint: string): Promise<void> {
      const params = { modelId, licenseId: 0n, endpoint, ...inlineEvidence({ note: 'sold off the books' }) };
      await reporter.send({ ...court, functionName: 'reportLeak', args: [params] });
    },

    /** Closes every report whose verdict nobody can appeal any more. */
    async close(): Promise<void> {
      const { timestamp } = await reporter.publicClient.getBlock();
      for (let id = 1n; id <= (await count()); id++) {
        const { state, appealBy } = await read(id);
        if (state === REPORT_STATE.DECIDED && timestamp > appealBy)
          await reporter.send({ ...court, functionName: 'close', args: [id] });
      }
    },
  };
}
