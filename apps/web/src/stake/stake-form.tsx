'use client';
import { parametersAbi, verifierRegistryAbi } from '@oml/contracts/abis';
import { Amount } from '@oml/ui/amount';
import { Button } from '@oml/ui/button';
import { Card } from '@oml/ui/card';
import { dollars, parseDollars } from '@oml/ui/dollars';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { TextField } from '@oml/ui/field';
import { CopyButton } from '@oml/ui/copy-button';
import { duration } from '@oml/ui/relative-time';
import { useState } from 'react';
import { bytesToHex, isHex, zeroHash } from 'viem';
import type { Hex } from '#kit/hex.ts';
import { useConnection, useReadContract } from 'wagmi';
import { sealingPublicKey } from '../license/sealing-key.ts';
import { ConnectButton } from '#wallet/connect-button.tsx';
import { usePublicConfig } from '#kit/config-context.tsx';
import { useSpend } from '#wallet/use-spend.ts';
import { WriteStatus } from '#wallet/write-status.tsx';

/** Becoming a verifier: a stake, and the key to which probes are sealed. */
export function StakeForm() {
  const { address } = useConnection();
  if (!address)
    return (
      <EmptyState title="Connect a wallet to stake" action={<ConnectButton />}>
        The staked address is the verifier’s; its key runs the verifier’s agent.
      </EmptyState>
    );
  return <Stake address={address} />;
}

function Stake({ address }: { address: `0x${string}` }) {
  const { contracts } = usePublicConfig().deployment;
  const registry = { address: contracts.verifierRegistry, abi: verifierRegistryAbi } as const;
  const { data: values } = useReadContract({
    address: contracts.parameters,
    abi: parametersAbi,
    functionName: 'values',
  });
  const { data: stake, refetch } = useReadContract({
    ...registry,
    functionName: 'stakeOf',
    args: [address],
    query: { refetchInterval: 4000 },
  });
  const { data: knownKey } = useReadContract({ ...registry, functionName: 'encryptionKeyOf', args: [address] });
  const { spend, status, busy } = useSpend();
  const [text, setText] = useState('');
  const key = useVerifierKey(knownKey);
  const amount = parseDollars(text);
  const unstakeDelay = values && duration(values.rules.unstakeDelay);
  const tooLittle = amount !== undefined && values !== undefined && (stake ?? 0n) + amount < values.rates.minStake;
  const submit = async () => {
    if (!amount || !key.value) return;
    await spend(amount, { ...registry, functionName: 'stake', args: [amount, key.value] });
    await refetch();
    setText('');
  };
  return (
    <Card className="flex flex-col gap-4 p-5 text-sm">
      <p className="text-ink-soft">
        Your stake is <Amount value={stake ?? 0n} />.{' '}
        {values ? (
          <>
            The least is <Amount value={values.rates.minStake} />; it can leave {unstakeDelay} after you ask.
          </>
        ) : null}
      </p>
      <TextField
        label="Dollars to stake"
        inputMode="decimal"
        value={text}
        onChange={(event) => setText(event.target.value)}
        problem={
          text && amount === undefined
            ? 'A number with at most six decimals.'
            : tooLittle
              ? `Together with your stake that is below ${dollars(values.rates.minStake)}.`
              : undefined
        }
        data-testid="stake-amount"
      />
      <TextField
        mono
        label="Encryption key"
        hint="X25519 public key that probes are sealed to."
        value={key.text}
        onChange={(event) => key.setText(event.target.value)}
        problem={key.text && !key.value ? '32 bytes of hex.' : undefined}
        data-testid="stake-key"
      />
      {key.seed ? (
        <Note tone="risk">
          <span className="flex items-center justify-between gap-2">
            Keep this for your verifier’s agent <CopyButton value={`SEALING_SEED=${key.seed}\n`} label="seed" />
          </span>
          <code className="mt-1 block break-all font-mono text-xs">SEALING_SEED={key.seed}</code>
        </Note>
      ) : (
        <Button size="sm" className="self-start" onClick={() => void key.make()} data-testid="stake-make-key">
          Make a key here
        </Button>
      )}
      <Button
        variant="primary"
        className="self-start"
        busy={busy}
        disabled={!amount || tooLittle || !key.value}
        onClick={() => void submit().catch(() => undefined)}
        data-testid="stake-send"
      >
        {amount ? `Stake ${dollars(amount)}` : 'Stake'}
      </Button>
      <WriteStatus status={status} />
    </Card>
  );
}

/** The verifier's encryption key: the one on chain, one pasted, or one made here. */
function useVerifierKey(known: Hex | undefined) {
  const [typed, setText] = useState<string>();
  const [seed, setSeed] = useState<Hex>();
  const text = typed ?? (known && known !== zeroHash ? known : '');
  const value = isHex(text.trim()) && text.trim().length === 66 ? (text.trim() as Hex) : undefined;
  const make = async () => {
    const fresh = bytesToHex(crypto.getRandomValues(new Uint8Array(32)));
    setText(await sealingPublicKey(fresh));
    setSeed(fresh);
  };
  return { text, value, seed, setText, make };
}
