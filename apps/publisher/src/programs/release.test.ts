import { describe, expect, it } from 'vitest';
import { MintedModels } from './minted-models.ts';
import { Releases } from './release.ts';
import { openPublisherStore } from '../store.ts';
import { mintedRun } from '../../test-support/minted-run.ts';

describe('a release', () => {
  it('that was not made here is not found, though the model was', async () => {
    const store = await openPublisherStore(':memory:');
    await mintedRun(store, { modelId: 7n });
    const releases = new Releases(new MintedModels(store), {
      getText: () => Promise.reject(new Error('none')),
    } as never);
    await expect(releases.open(7n, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(releases.open(8n, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(releases.open(7n, 1)).rejects.toThrow('none');
    await store.close();
  });
});
