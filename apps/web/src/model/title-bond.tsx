'use client';
import { titleBondsAbi } from '@oml/contracts/abis';
import { Ago } from '@oml/ui/ago';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { dollars, parseDollars } from '@oml/ui/dollars';
import { TextField } from '@oml/ui/field';
import { useState } from 'react';
import { isAddressEqual } from 'viem';
import { useConnection, useReadContract } from 'wagmi';
import { usePublicConfig } from '#wallet/providers.tsx';
import { useSpend } from '#wallet/use-spend.ts';
import { WriteStatus } from '#wallet/write-status.tsx';
import type { Address } from '#kit/hex.ts';

/** What stands behind a model's title, asked of the chain now: anyone adds to it, its owner takes out what is free. */
export function TitleBond({ modelId, owner }: { modelId: bigint; owner: Address }) {
  const { address } = useConnection();
  const titles = { address: usePublicConfig().deployment.contracts.titleBonds, abi: titleBondsAbi } as const;
  const args = [modelId] as const;
  const { data: title } = useReadContract({
    ...titles,
    functionName: 'titleBondOf',
    args,
    query: { refetchInterval: 4000 },
  });
  const { spend, send, status, busy } = useSpend();
  const [text, setText] = useState('');
  if (!title) return null;
  const amount = parseDollars(text);
  const isOwner = address !== undefined && isAddressEqual(address, owner);
  const free = title.bond - title.reserved;
  const { amount: announced, ripeAt } = title.exit;
  const run = (sent: Promise<unknown>) => void sent.then(() => setText('')).catch(() => undefined);
  return (
    <Card className="flex flex-col gap-4 p-5 text-sm" data-testid="title-bond">
      <p>
        <Amount value={title.bond} />, of which licenses reserve <Amount value={title.reserved} />.
        {announced > 0n ? (
          <>
            {' '}
            <Amount value={announced} /> are announced to leave, ripe <Ago at={dateOf(ripeAt)} />.
          </>
        ) : null}
      </p>
      {address ? (
        <>
          <TextField
            label="Dollars"
            inputMode="decimal"
            value={text}
            onChange={(event) => setText(event.target.value)}
            problem={text && amount === undefined ? 'A number with at most six decimals.' : undefined}
            data-testid="title-amount"
          />
          <div className="flex flex-wrap gap-2">
            <Button
              busy={busy}
              disabled={!amount}
              onClick={() => run(spend(amount!, { ...titles, functionName: 'post', args: [modelId, amount!] }))}
              data-testid="title-post"
            >
              {amount ? `Post ${dollars(amount)}` : 'Post'}
            </Button>
            {isOwner ? (
              <>
                <Button
                  busy={busy}
                  disabled={!amount || amount > free}
                  onClick={() => run(send({ ...titles, functionName: 'announceExit', args: [modelId, amount!] }))}
                  data-testid="title-exit"
                >
                  Announce its exit
                </Button>
                <Button
                  busy={busy}
                  disabled={announced === 0n}
                  onClick={() => run(send({ ...titles, functionName: 'withdraw', args }))}
                  data-testid="title-withdraw"
                >
                  Withdraw what is ripe
                </Button>
              </>
            ) : null}
          </div>
        </>
      ) : (
        <p className="text-ink-soft">Connect a wallet to add to it.</p>
      )}
      <WriteStatus status={status} />
    </Card>
  );
}

const dateOf = (seconds: bigint | number): Date => new Date(Number(seconds) * 1000);
