'use client';
import { devDollarAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card, Facts } from '@oml/ui/card';
import { EmptyState } from '@oml/ui/empty-state';
import { Hash } from '@oml/ui/hash';
import { Skeleton } from '@oml/ui/skeleton';
import { toHex, formatEther } from 'viem';
import { useBalance, useConnection, usePublicClient, useReadContract } from 'wagmi';
import { DEV_CHAIN_ID } from '#kit/public-config.ts';
import { ConnectButton } from './connect-button.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useWrite } from './use-write.ts';
import { WriteStatus } from './write-status.tsx';

const DOLLARS = 1_000_000_000n;
const GAS = 10n ** 18n;

/** The visitor's balance, and on the development chain the tap that fills it. */
export function Faucet() {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="No wallet connected" action={<ConnectButton />}>
        Connect one to see its balance and the calls it paid for.
      </EmptyState>
    );
  return <Balance address={address} />;
}

function Balance({ address }: { address: `0x${string}` }) {
  const { chainId, deployment } = usePublicConfig();
  const token = { address: deployment.contracts.token, abi: devDollarAbi } as const;
  const dollarBalance = useReadContract({
    ...token,
    functionName: 'balanceOf',
    args: [address],
    query: { refetchInterval: 2000 },
  });
  const gas = useBalance({ address, query: { refetchInterval: 4000 } });
  const { send, status, busy } = useWrite();
  const fillGas = useDevGas();
  const mint = async () => {
    if ((gas.data?.value ?? 0n) < GAS / 10n) await fillGas(address);
    await send({ ...token, functionName: 'mint', args: [address, DOLLARS] });
    await dollarBalance.refetch();
  };
  return (
    <Card className="flex flex-col gap-4 p-5">
      <Facts
        rows={[
          ['Account', <Hash key="v" value={address} label="account" />],
          [
            'Dollars',
            dollarBalance.data === undefined ? (
              <Skeleton key="v" />
            ) : (
              <Amount
                key="v"
                value={dollarBalance.data}
                className="text-lg font-semibold"
                data-testid="faucet-balance"
              />
            ),
          ],
          [
            'For gas',
            gas.data ? (
              <span key="v" className="font-mono tabular-nums">
                {Number(formatEther(gas.data.value)).toFixed(4)} ETH
              </span>
            ) : (
              <Skeleton key="v" />
            ),
          ],
        ]}
      />
      {chainId === DEV_CHAIN_ID ? (
        <div className="flex flex-col gap-3">
          <div className="flex flex-wrap items-center gap-3">
            <Button
              variant="primary"
              busy={busy}
              onClick={() => void mint().catch(() => undefined)}
              data-testid="faucet"
            >
              Get dev dollars
            </Button>
            <span className="text-xs text-ink-soft">
              Mints <Amount value={DOLLARS} /> that are worth nothing outside of this chain.
            </span>
          </div>
          <WriteStatus status={status} />
        </div>
      ) : null}
    </Card>
  );
}

/** A fresh account on a dev chain has no coin for gas; the dev node gives it some where it knows how. */
function useDevGas() {
  const client = usePublicClient();
  return async (address: `0x${string}`) => {
    const request = client?.request as ((call: { method: string; params: unknown[] }) => Promise<unknown>) | undefined;
    await request?.({ method: 'anvil_setBalance', params: [address, toHex(GAS)] }).catch(() => undefined);
  };
}
