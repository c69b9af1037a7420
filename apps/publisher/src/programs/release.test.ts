import { describe, expect, it, vi } from 'vitest';
import type { PublicationRecords } from './publication-record.ts';
import { Releases } from './release.ts';

describe('a release', () => {
  it('that was not made here is not found, though the model was', async () => {
    const findByModel = vi.fn<PublicationRecords['findByModel']>();
    const releases = new Releases({ findByModel } as unknown as PublicationRecords, {} as never);
    await expect(releases.open(7n, 2)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(findByModel).not.toHaveBeenCalled();
    await expect(releases.open(7n, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(findByModel).toHaveBeenCalledWith('7');
  });
});
