import path from 'node:path';
import type { NextConfig } from 'next';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Cross-origin isolation lets onnxruntime-web use threads; everything a page loads must then be same-origin or answer
 * CORS. What a page may load and run is said with each answer (src/proxy.ts): it names a nonce.
 */
const headers = [
  { key: 'Cross-Origin-Opener-Policy', value: 'same-origin' },
  { key: 'Cross-Origin-Embedder-Policy', value: 'require-corp' },
  { key: 'X-Content-Type-Options', value: 'nosniff' },
  { key: 'Referrer-Policy', value: 'strict-origin-when-cross-origin' },
  { key: 'X-Frame-Options', value: 'DENY' },
  {
    key: 'Permissions-Policy',
    value: 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), serial=(), midi=()',
  },
];

const config: NextConfig = {
  poweredByHeader: false,
  turbopack: { root },
  outputFileTracingRoot: root,
  transpilePackages: [
    '@oml/protocol',
    '@oml/contracts',
    '@oml/sdk',
    '@oml/db',
    '@oml/ui',
    '@oml/onnx',
    '@oml/measure',
    '@oml/fingerprint',
  ],
  serverExternalPackages: ['pg', '@prisma/client', '@prisma/adapter-pg'],
  experimental: { optimizePackageImports: ['radix-ui', 'recharts', '@x402/evm', 'wagmi'] },
  // `npm run typecheck` checks these files and the packages they import; twice would be once too often.
  typescript: { ignoreBuildErrors: true },
  // A folder named @… would be a slot of its parent's layout.
  rewrites: async () => [{ source: '/@:account', destination: '/accounts/:account' }],
  redirects: async () => [{ source: '/hosts/:account', destination: '/@:account', permanent: true }],
  headers: async () => [{ source: '/(.*)', headers }],
};

export default config;
