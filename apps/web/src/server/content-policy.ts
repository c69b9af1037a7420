interface PolicyOptions {
  /** Of this one answer; Next puts it on the scripts that it writes. */
  nonce: string;
  /** What browsers ask beside this site: the node, and the agents that the operator names. */
  origins: readonly string[];
  /** Hosts answer over plain http on development chains. */
  allowsHttp: boolean;
  /** `next dev` evaluates what it reloads. */
  isDevServer?: boolean;
}

/**
 * What a page may load, run and ask. Scripts run by nonce alone; hosts are asked wherever the chain says that they
 * answer, so requests may go to any https address.
 */
export function contentPolicy({ nonce, origins, allowsHttp, isDevServer = false }: PolicyOptions): string {
  const rules: Record<string, readonly string[]> = {
    'default-src': ["'self'"],
    'script-src': [
      `'nonce-${nonce}'`,
      "'strict-dynamic'",
      // onnxruntime-web compiles its WebAssembly.
      "'wasm-unsafe-eval'",
      ...(isDevServer ? ["'unsafe-eval'"] : []),
    ],
    // Widths of bars, and what toasts bring along.
    'style-src': ["'self'", "'unsafe-inline'"],
    // Wallets announce their icons as data (EIP-6963).
    'img-src': ["'self'", 'data:', 'blob:'],
    'connect-src': ["'self'", 'https:', ...(allowsHttp ? ['http:', 'ws:'] : []), ...origins],
    'worker-src': ["'self'", 'blob:'],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(rules)
    .map(([name, sources]) => `${name} ${[...new Set(sources)].join(' ')}`)
    .join('; ');
}

/** The nonce that a policy names. */
export const nonceOf = (policy: string | null): string | undefined => /'nonce-([^']+)'/.exec(policy ?? '')?.[1];
