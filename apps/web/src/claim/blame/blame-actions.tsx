'use client';
import { blamesAbi } from '@oml/contracts/abis';
import { Button } from '@oml/ui/button';
import { useEffect, useState } from 'react';
import { formatEther } from 'viem';
import { usePublicClient, useReadContract } from 'wagmi';
import { openingOf } from '#claim/recheck/court-calls.ts';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useWrite } from '#wallet/use-write.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import { actsOf, BLAME_ACTS, waitsFor, type BlameAct } from './blame-words.ts';
import type { ShownBlame, ShownClaim } from '#claim/shown-claim.ts';

interface Props {
  claim: Pick<ShownClaim, 'claimant' | 'timeline'>;
  blame: ShownBlame;
}

/** The buttons that anybody may press, or what is waited for. */
export function BlameActions({ claim, blame }: Props) {
  const now = useNow();
  const acts = now ? actsOf(blame, now) : [];
  if (acts.length === 0) return <p className="text-ink-soft">{waitsFor(blame)}</p>;
  return acts.map((act) => <Act key={act} act={act} claim={claim} blame={blame} />);
}

function Act({ act, claim, blame: { blameId, licenses } }: Props & { act: BlameAct }) {
  const publicClient = usePublicClient();
  const address = usePublicConfig().deployment.contracts.blames;
  const court = { address, abi: blamesAbi } as const;
  const takesFee = act === 'appeal' || act === 'appealMarks';
  const { data: fee } = useReadContract({ ...court, functionName: 'appealCost', query: { enabled: takesFee } });
  const { send, status, busy } = useWrite();
  const press = async () => {
    if (act === 'decide') return send({ ...court, functionName: 'decide', args: [blameId] });
    if (act !== 'close') return send({ ...court, functionName: act, args: [blameId], value: fee! });
    const opening = await openingOf(publicClient!, claim);
    const [ids, hits] = [licenses.map(({ licenseId }) => licenseId), licenses.map((each) => BigInt(each.hits))];
    return send({ ...court, functionName: 'close', args: [blameId, claim.claimant, opening, ids, hits] });
  };
  const { label, note } = BLAME_ACTS[act];
  return (
    <div className="flex flex-col gap-2">
      <p className="text-ink-soft">{note}</p>
      <Button
        className="self-start"
        busy={busy}
        disabled={takesFee && fee === undefined}
        onClick={() => void press().catch(() => undefined)}
        data-testid={`blame-${act}`}
      >
        {label}
        {takesFee && fee !== undefined ? ` for ${formatEther(fee)} ETH` : ''}
      </Button>
      <WriteStatus status={status} />
    </div>
  );
}

/** The clock of this browser, once it runs: the server's would tell another story. */
function useNow(): Date | undefined {
  const [now, setNow] = useState<Date>();
  useEffect(() => {
    const tick = () => setNow(new Date());
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
