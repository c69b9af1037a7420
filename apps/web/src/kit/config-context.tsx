'use client';
import { createContext, use, type ReactNode } from 'react';
import type { PublicConfig } from './public-config.ts';

const ConfigContext = createContext<PublicConfig | undefined>(undefined);

/** Tells everything below which chain, addresses and agents this deployment has. */
export function ConfigProvider({ config, children }: { config: PublicConfig; children: ReactNode }) {
  return <ConfigContext value={config}>{children}</ConfigContext>;
}

/** Chain, addresses and agents of this deployment. */
export function usePublicConfig(): PublicConfig {
  const config = use(ConfigContext);
  if (!config) throw new Error('usePublicConfig needs ConfigProvider around it.');
  return config;
}
