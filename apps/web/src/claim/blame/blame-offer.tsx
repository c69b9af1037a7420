'use client';
import { committeesAbi } from '@oml/contracts/abis';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Card } from '@oml/ui/card';
import { CopyButton } from '@oml/ui/copy-button';
import { isAddressEqual } from 'viem';
import { useConnection, useReadContract } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import type { ShownClaim } from '#claim/shown-claim.ts';

/** What the accused host may answer while the window runs: its gateway does it, which has editions and bodies. */
export function BlameOffer({ claim: { claimId, account, answerBy } }: { claim: ShownClaim }) {
  const { address } = useConnection();
  const { committees } = usePublicConfig().deployment.contracts;
  const { data: cost } = useReadContract({ address: committees, abi: committeesAbi, functionName: 'cost' });
  const isHost = address !== undefined && isAddressEqual(address, account);
  const command = `npm run blame -w @oml/gateway -- --claim ${claimId} --most ${cost ?? '…'}`;
  return (
    <Card className="flex flex-col gap-3 p-5 text-sm" data-testid="blame-offer">
      <p>
        If the editions that the host was delivered answer these keys by themselves, their owners set it up. It may say
        so{' '}
        {answerBy ? (
          <>
            until <Ago at={answerBy} />
          </>
        ) : (
          'while the window runs'
        )}
        : a committee runs those editions.
      </p>
      <p className="text-ink-soft">
        It costs a deposit of {cost === undefined ? 'what a committee costs' : <Amount value={cost} />}. Upheld, the
        deposit returns and the title bonds pay before the host; not upheld, the slash stands and the deposit is gone.
        The licenses are suspended until it is decided.
      </p>
      {isHost ? (
        <div className="flex flex-col gap-1" data-testid="blame-command">
          <p>
            Your gateway keeps the editions and what was asked. With <code>BLAME_DEPOSIT_LIMIT</code> set it blames by
            itself; else run, with its environment:
          </p>
          <p className="flex items-start gap-1 rounded-md border border-line bg-raised px-3 py-2">
            <code className="min-w-0 break-all font-mono text-xs">{command}</code>
            <CopyButton value={command} label="command" />
          </p>
        </div>
      ) : (
        <p className="text-ink-soft">Only the host and its signers can; its account sees how once it is connected.</p>
      )}
    </Card>
  );
}
