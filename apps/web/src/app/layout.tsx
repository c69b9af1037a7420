import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { Footer } from '#kit/footer.tsx';
import { Header } from '#kit/header.tsx';
import { NotConfigured } from '#kit/not-configured.tsx';
import { THEME_SCRIPT } from '#kit/theme-script.ts';
import { readSetup } from '#server/public-config.ts';
import { Providers } from '#wallet/providers.tsx';
import './globals.css';

/** Environment, deployment and database are read at request time: the build knows none of them. */
export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'OML', template: '%s · OML' },
  description: 'Open weights that are paid per use: hosts bond, buyers get signed receipts, unpaid use is slashed.',
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#fafaf9' },
    { media: '(prefers-color-scheme: dark)', color: '#101213' },
  ],
};

export default function RootLayout({ children }: { children: ReactNode }) {
  const setup = readSetup();
  return (
    <html lang="en" suppressHydrationWarning>
      <head>
        <script dangerouslySetInnerHTML={{ __html: THEME_SCRIPT }} />
      </head>
      <body>
        <a
          href="#content"
          className="sr-only z-50 rounded-md bg-surface px-3 py-2 text-sm focus:not-sr-only focus:fixed focus:left-4 focus:top-2"
        >
          Skip to content
        </a>
        {'config' in setup ? (
          <Providers config={setup.config}>
            <Header withWallet />
            <div className="flex-1">{children}</div>
            <Footer />
          </Providers>
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
