'use client';
import { Button } from '@oml/ui/button';
import { EmptyState, Note } from '@oml/ui/empty-state';
import { Wallet } from 'lucide-react';
import { useConnect, useConnectors } from 'wagmi';
import { usePublicConfig } from '#kit/config-context.tsx';
import { explainError } from './explain-error.ts';

/** The wallets that this browser announces (EIP-6963). */
export function WalletList() {
  const connectors = useConnectors();
  const connect = useConnect();
  const { chainId } = usePublicConfig();
  if (connectors.length === 0)
    return (
      <EmptyState title="No wallet in this browser">
        Install a browser wallet that announces itself (EIP-6963), such as MetaMask or Rabby, and reload this page.
      </EmptyState>
    );
  return (
    <ul className="flex flex-col gap-2">
      {connectors.map((connector) => (
        <li key={connector.uid}>
          <Button
            className="w-full justify-start"
            data-testid={`connect-${connector.name}`}
            busy={connect.isPending}
            onClick={() => connect.mutate({ connector, chainId })}
          >
            {/* Wallet icons are data URIs by EIP-6963. */}
            {connector.icon?.startsWith('data:image/') ? (
              <img src={connector.icon} alt="" width={20} height={20} />
            ) : (
              <Wallet aria-hidden />
            )}
            {connector.name}
          </Button>
        </li>
      ))}
      {connect.error ? (
        <Note tone="risk" role="alert">
          {explainError(connect.error).sentence}
        </Note>
      ) : null}
    </ul>
  );
}
