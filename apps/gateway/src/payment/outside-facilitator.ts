import { HTTPFacilitatorClient } from '@x402/core/server';
import type { PaymentPayload, PaymentRequirements } from '@x402/core/types';
import { sentenceOf } from '@oml/service/error-facts';
import type { Logger } from '@oml/service/logger';
import { CHANNEL_SCHEME } from './terms.ts';

/** Somebody else's facilitator, which settles deposits by gas of its own. */
export interface OutsideFacilitator {
  /** Asks it to settle. True where it says that it did, which the chain must bear out. Never throws. */
  settle(payload: PaymentPayload, wanted: PaymentRequirements): Promise<boolean>;
  /** Does it settle deposits on this network? Throws where it does not answer. */
  takesDeposits(network: string): Promise<boolean>;
}

export interface Outside {
  url: string;
  /** Sent as a bearer token, if there is one. */
  key: string | undefined;
  logger: Pick<Logger, 'warn'>;
}

const TIMEOUT_MS = 30_000;

/** The official client of it. */
export function createOutsideFacilitator({ url, key, logger }: Outside): OutsideFacilitator {
  const headers = key ? { authorization: `Bearer ${key}` } : undefined;
  const client = new HTTPFacilitatorClient({
    url,
    timeoutMs: TIMEOUT_MS,
    ...(headers
      ? { createAuthHeaders: async () => ({ verify: headers, settle: headers, supported: headers, bazaar: headers }) }
      : {}),
  });
  return {
    async settle(payload, wanted) {
      try {
        const { success, errorReason } = await client.settle(payload, wanted);
        if (!success) logger.warn({ reason: errorReason }, 'the outside facilitator did not settle a deposit');
        return success;
      } catch (error) {
        logger.warn({ why: sentenceOf(error) }, 'the outside facilitator did not settle a deposit');
        return false;
      }
    },
    async takesDeposits(network) {
      const { kinds } = await client.getSupported();
      return kinds.some((kind) => kind.scheme === CHANNEL_SCHEME && (kind.network as string) === network);
    },
  };
}
