import { describe, expect, it } from 'vitest';
import { controlPanel } from './control-panel.ts';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import type { Uploads } from '../http/uploads.ts';

const id = (digit: string): string => digit.repeat(64);
const uploads = { get: async (uploadId: string) => new TextEncoder().encode(uploadId[0]) } as unknown as Uploads;

interface Publication {
  request: PublishRequestJson;
}

function publication(name: string, model: string, rest: Partial<PublishRequestJson> = {}): Publication {
  const terms = { floorPrice: '1', minBond: '1', ownerShareBps: 0, slashBps: 1, uri: '' };
  const request = {
    name,
    kind: 'language',
    files: { model: id(model), tokenizer: id('f') },
    panel: [],
    fingerprints: { commonCount: 1, tracingCount: 0, bits: 1 },
    terms,
    owner: `0x${'11'.repeat(20)}`,
    ...rest,
  } as PublishRequestJson;
  return { request };
}

const namesOf = async (mine: Publication, minted: Publication[]) =>
  (await controlPanel(uploads, mine.request, minted)).map(({ name }) => name);

describe('controlPanel', () => {
  const mine = publication('mine', '1');

  it('fills up to three with other clean models of the same kind, each once, never with the model itself', async () => {
    const minted = [
      publication('mine before', '1'),
      publication('a', '2'),
      publication('a again', '2'),
      publication('images', '3', { kind: 'classifier' }),
      publication('b', '4'),
      publication('c', '5'),
      publication('d', '6'),
    ];
    expect(await namesOf(mine, minted)).toEqual(['a again', 'b', 'c']);
  });

  it('takes what the owner names first, and reads it with the tokenizer of the request', async () => {
    const panel = [id('7'), id('8')];
    const [first, second, third] = await controlPanel(uploads, publication('mine', '1', { panel }).request, [
      publication('a', '2', { files: { model: id('2'), tokenizer: id('9') } }),
    ]);
    expect([first!.name, second!.name, third!.name]).toEqual([id('7'), id('8'), 'a']);
    expect(new TextDecoder().decode(first!.source.tokenizer)).toBe('f');
    expect(new TextDecoder().decode(third!.source.tokenizer)).toBe('9');
    expect([first!.mayBeUnfit, third!.mayBeUnfit]).toEqual([false, true]);
  });

  it('is empty where nobody has a model to compare with', async () => {
    expect(await namesOf(mine, [])).toEqual([]);
  });
});
