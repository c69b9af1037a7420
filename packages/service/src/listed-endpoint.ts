import type { Deployment } from '@oml/protocol/chain/deployment';
import { isOmlError, OmlError } from '@oml/protocol/error';
import { HOST_LISTING_PATH } from '@oml/protocol/wire/host-listing';
import { fetchText } from './fetch-text.ts';
import { guardFor } from './guarded-fetch.ts';

const LIMITS = { timeoutMs: 5_000, maxBytes: 256 << 10 };

/**
 * Looks at an endpoint before it is written on chain, as buyers, verifiers and pages will: undefined where a gateway
 * answers, else why not, which may change. Throws ADDRESS_REFUSED where none of them would ever ask there.
 */
export async function checkListedEndpoint(
  endpoint: string,
  deployment: Pick<Deployment, 'chainId'>,
): Promise<string | undefined> {
  try {
    await fetchText(`${endpoint}${HOST_LISTING_PATH}`, guardFor(deployment, LIMITS));
    return undefined;
  } catch (cause) {
    const why = (cause as Error).message;
    if (!isOmlError(cause) || cause.code !== 'ADDRESS_REFUSED') return why;
    throw new OmlError(
      'ADDRESS_REFUSED',
      `Nobody would ask at ${endpoint}: ${why}. Name the address that buyers reach, such as https://host.example.`,
      { cause },
    );
  }
}
