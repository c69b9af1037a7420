'use client';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createContext, use, useState, type ReactNode } from 'react';
import { Toaster } from 'sonner';
import { WagmiProvider } from 'wagmi';
import type { PublicConfig } from '#kit/public-config.ts';
import { TrackerStrip } from '#tracker/strip.tsx';
import { TrackerProvider } from '#tracker/tracker.tsx';
import { Reconnect } from './reconnect.tsx';
import { createWalletConfig } from './wallet-config.ts';

const ConfigContext = createContext<PublicConfig | undefined>(undefined);

/** Chain, addresses and agents of this deployment. */
export function usePublicConfig(): PublicConfig {
  const config = use(ConfigContext);
  if (!config) throw new Error('usePublicConfig needs Providers around it.');
  return config;
}

/** Wallet, queries and toasts for everything below. */
export function Providers({ config, children }: { config: PublicConfig; children: ReactNode }) {
  const [wagmi] = useState(() => createWalletConfig(config));
  const [queries] = useState(
    () => new QueryClient({ defaultOptions: { queries: { retry: 1, refetchOnWindowFocus: false } } }),
  );
  return (
    <ConfigContext value={config}>
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
    </ConfigContext>
  );
}
