import type { PublicClient } from 'viem';

/** What is committed in one block can be shown in a later one. */
export async function nextBlock(reader: Pick<PublicClient, 'getBlockNumber'>): Promise<void> {
  const now = await reader.getBlockNumber({ cacheTime: 0 });
  while ((await reader.getBlockNumber({ cacheTime: 0 })) <= now)
    await new Promise((resolve) => setTimeout(resolve, 500));
}
