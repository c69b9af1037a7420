import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import { Footer } from '#kit/footer.tsx';
import { Header } from '#kit/header.tsx';
import { NotConfigured } from '#kit/not-configured.tsx';
import { THEME_SCRIPT } from '#kit/theme-script.ts';
import { nonceOf } from '#server/content-policy.ts';
import { readSetup } from '#server/public-config.ts';
import { siteOrigin } from '#server/site-origin.ts';
import { ConfigProvider } from '#kit/config-context.tsx';
import { WalletTree } from '#kit/wallet-tree.tsx';
import './globals.css';

/** Environment, deployment and database are read at request time: the build knows none of them. */
export const dynamic = 'force-dynamic';

const DESCRIPTION =
  'Open weights to call by the use: hosts post a bond, buyers get signed receipts, unpaid use is slashed.';

export async function generateMetadata(): Promise<Metadata> {
  return {
    metadataBase: new URL(await siteOrigin()),
    title: { default: 'OML', template: '%s · OML' },
    description: DESCRIPTION,
    openGraph: { siteName: 'OML', type: 'website', locale: 'en' },
    twitter: { card: 'summary_large_image' },
  };
}

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafaf9' },
    { media: '(prefers-color-scheme: dark)', color: '#101213' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const setup = readSetup();
  const nonce = nonceOf((await headers()).get('content-security-policy'));
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script nonce={nonce} dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} suppressHydrationWarning />
      </head>
      <body>
        <a
          href="#content"
          className="sr-only z-50 rounded-md bg-surface px-3 py-2 text-sm focus:not-sr-only focus:fixed focus:left-4 focus:top-2"
        >
          Skip to content
        </a>
        {'config' in setup ? (
          <ConfigProvider config={setup.config}>
            <Header withWallet />
            <div className="flex-1">{children}</div>
            <Footer />
            <WalletTree />
          </ConfigProvider>
        ) : (
          <>
            <Header withWallet={false} />
            <NotConfigured problem={setup.problem} />
          </>
        )}
      </body>
    </html>
  );
}
