import type { PayingAccount } from '../paying-account.ts';

/** One session key, taken for one call at a host. */
export interface Lane {
  key: PayingAccount;
  end(): void;
}

/**
 * Shares session keys out, so that a channel that is free is used before another one is opened: the first key with the
 * fewest calls under way at this vault.
 */
export function createLanes(keys: readonly PayingAccount[]): { take(vault: string): Lane | undefined } {
  const busy = new Map<string, number>();
  return {
    take(vault) {
      const names = keys.map(({ address }) => `${vault}-${address}`);
      const counts = names.map((name) => busy.get(name) ?? 0);
      const at = counts.indexOf(Math.min(...counts));
      const [key, name] = [keys[at], names[at]];
      if (!key || name === undefined) return undefined;
      busy.set(name, counts[at]! + 1);
      let isOver = false;
      const end = (): void => {
        if (isOver) return;
        isOver = true;
        busy.set(name, (busy.get(name) ?? 1) - 1);
      };
      return { key, end };
    },
  };
}

/** The same response; `end` is called once when its body was read, broke off or was given up. */
export function untilRead(response: Response, end: () => void): Response {
  const { status, headers, body } = response;
  if (!body) {
    end();
    return response;
  }
  const reader = body.getReader();
  const read = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      const { value, done } = await reader.read();
      if (!done) return controller.enqueue(value);
      end();
      controller.close();
    } catch (error) {
      end();
      throw error;
    }
  };
  const cancel = (reason: unknown): Promise<void> => {
    end();
    return reader.cancel(reason);
  };
  return new Response(new ReadableStream({ pull: read, cancel }, { highWaterMark: 0 }), { status, headers });
}
