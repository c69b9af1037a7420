import type { Address } from 'viem';

export const channelAddresses: { batchSettlement: Address; depositCollector: Address };
/** Places our own channel contracts on a dev chain; needs compiled artifacts. */
export function placeChannels(client: { request: unknown }): Promise<void>;
/** Throws where x402's channel contracts are absent. */
export function checkChannels(client: { getCode: unknown }): Promise<void>;
