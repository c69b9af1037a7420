import { describe, expect, it, vi } from 'vitest';
import type { MintedModels } from './minted-models.ts';
import { Releases } from './release.ts';

describe('a release', () => {
  it('that was not made here is not found, though the model was', async () => {
    const find = vi.fn<MintedModels['find']>();
    const releases = new Releases({ find } as unknown as MintedModels, {} as never);
    await expect(releases.open(7n, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(find).not.toHaveBeenCalled();
    await expect(releases.open(7n, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(find).toHaveBeenCalledWith('7');
  });
});
