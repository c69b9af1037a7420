'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Toaster } from 'sonner';
import { WagmiProvider } from 'wagmi';
import { ConfigProvider } from '#kit/config-context.tsx';
import type { PublicConfig } from '#kit/public-config.ts';
import { TrackerStrip } from '#tracker/strip.tsx';
import { TrackerProvider } from '#tracker/tracker.tsx';
import { Reconnect } from './reconnect.tsx';
import { createWalletConfig } from './wallet-config.ts';

/** The deployment, wallet, queries, transactions and toasts for everything below. */
export function Providers({ config, children }: { config: PublicConfig; children: ReactNode }) {
  const [wagmi] = useState(() => createWalletConfig(config));
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } }),
  );
  return (
    <ConfigProvider config={config}>
      <WagmiProvider config={wagmi} reconnectOnMount={false}>
        <QueryClientProvider client={queries}>
          <Reconnect />
          <TrackerProvider>
            {children}
            <TrackerStrip />
          </TrackerProvider>
          <Toaster
            position="bottom-right"
            theme="system"
            toastOptions={{
              style: {
                background: 'var(--color-surface)',
                color: 'var(--color-ink)',
                borderColor: 'var(--color-line-strong)',
              },
            }}
          />
        </QueryClientProvider>
      </WagmiProvider>
    </ConfigProvider>
  );
}
