import { AppRouterContext } from 'next/dist/shared/lib/app-router-context.shared-runtime';
import type { Deployment } from '@oml/protocol/chain/deployment';
import { appendFileSync } from 'node:fs';
import type { ReactNode } from 'react';
import { createRoot } from 'react-dom/client';
import type { LocalAccount } from 'viem';
import { Providers } from '#wallet/providers.tsx';
import { announceWallet, type Manners } from './wallet.ts';

/** Only to notice a hang. */
const HANG_MS = 300_000;
const LOOK_MS = 30;

interface Place {
  rpcUrl: string;
  deployment: Deployment;
}

/** A page of the site as one person sees it. */
export interface Site {
  /** Text of an element by test id, once it is there and matches. */
  text(testId: string, pattern?: RegExp): Promise<string>;
  /** Fills fields by test id, then presses the button, once it can be pressed; `rows` where it says none itself. */
  press(testId: string, fields?: Record<string, string>, rows?: string): Promise<void>;
  fill(testId: string, text: string): Promise<void>;
  /** Chooses files in a field for files. */
  give(testId: string, files: readonly File[]): Promise<void>;
  button(testId: string): HTMLButtonElement | null;
  /** Wallet methods that the page asked for, in order. */
  asked: string[];
  /** Chooses another account in the wallet. */
  switchTo(account: LocalAccount): void;
  /** All of its text. */
  shown(): string;
  leave(): void;
}

const router = {
  refresh: () => undefined,
  push: () => undefined,
  replace: () => undefined,
  prefetch: () => undefined,
  back: () => undefined,
  forward: () => undefined,
};

/** Shows a part of the site to somebody with a wallet, over a real chain. */
export function visit(node: ReactNode, place: Place, account: LocalAccount, manners?: Manners): Site {
  const { rpcUrl, deployment } = place;
  const { asked, switchTo } = announceWallet(rpcUrl, account, manners);
  const container = document.createElement('div');
  document.body.append(container);
  const errors: unknown[] = [];
  const root = createRoot(container, { onUncaughtError: (error) => void errors.push(error) });
  const config = { chainId: deployment.chainId, rpcUrl, deployment };
  root.render(
    <AppRouterContext value={router as never}>
      <Providers config={config}>{node}</Providers>
    </AppRouterContext>,
  );
  const find = <T extends Element>(testId: string) => container.querySelector<T>(`[data-testid="${testId}"]`);
  const shown = () => {
    if (errors.length > 0) throw errors[0];
    return container.textContent;
  };
  return {
    asked,
    switchTo,
    shown,
    button: (testId) => find<HTMLButtonElement>(testId),
    fill: async (testId, text) => fill(await until(() => find<HTMLInputElement>(testId), testId, shown), text),
    async give(testId, files) {
      const field = await until(() => find<HTMLInputElement>(testId), testId, shown);
      Object.defineProperty(field, 'files', { value: files, configurable: true });
      field.dispatchEvent(new Event('change', { bubbles: true }));
    },
    text: (testId, pattern = /./) =>
      until(
        () =>
          [...container.querySelectorAll(`[data-testid="${testId}"]`)]
            .map(({ textContent }) => textContent)
            .find((text) => pattern.test(text)),
        `${testId} like ${pattern}`,
        shown,
      ),
    async press(testId, fields = {}, rows) {
      for (const [name, text] of Object.entries(fields))
        fill(await until(() => find<HTMLInputElement>(name), name, shown), text);
      const button = await until(
        () => {
          const found = find<HTMLButtonElement>(testId);
          return found && !found.disabled ? found : undefined;
        },
        `the button ${testId}`,
        shown,
      );
      note(rows ?? button.closest('[data-rows]')?.getAttribute('data-rows'));
      button.click();
    },
    leave() {
      root.unmount();
      container.remove();
    },
  };
}

/** Counts the capabilities whose buttons were pressed, where somebody wants to know (bench/capabilities.ts). */
function note(rows: string | null | undefined): void {
  const file = process.env['OML_PRESSED'];
  if (file && rows) appendFileSync(file, `${rows}\n`);
}

/** As typing does: React listens to the element's own setter. */
function fill(element: HTMLInputElement, text: string): void {
  const kind = element.tagName === 'TEXTAREA' ? HTMLTextAreaElement : HTMLInputElement;
  Object.getOwnPropertyDescriptor(kind.prototype, 'value')!.set!.call(element, text);
  element.dispatchEvent(new Event('input', { bubbles: true }));
}

/** Looks again and again until there is something. */
export async function until<T>(
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  what: string,
  shown = () => '',
): Promise<T> {
  const end = Date.now() + HANG_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    shown();
    if (Date.now() > end) throw new Error(`There was no ${what}. ${shown()}`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
