import { editionSealInfo, OUR_RUN, RUNS_FILE } from '@oml/protocol/wire/edition-container';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { openEdition } from './sealed-edition.ts';
import { seal, sealingKeyPair } from './seal.ts';

const LICENSE = 7n;
const keys = await sealingKeyPair(`0x${'07'.repeat(32)}`);

const sealed = (runs?: string) => {
  const files = { 'model.onnx': 'AAAA', ...(runs ? { [RUNS_FILE]: Buffer.from(runs).toString('base64') } : {}) };
  return seal(keys.publicKey, gzipSync(JSON.stringify({ files })), editionSealInfo(LICENSE));
};

it('an edition opens where its release lists how we run it, or lists nothing', async () => {
  const other = { engine: 'another', quantisation: 'int4' };
  for (const runs of [undefined, JSON.stringify([other, OUR_RUN])]) {
    const { files } = await openEdition(await sealed(runs), keys, LICENSE);
    expect(files.get('model.onnx')).toEqual(new Uint8Array(3));
  }
  for (const runs of [JSON.stringify([other]), '[]', 'no list'])
    await expect(openEdition(await sealed(runs), keys, LICENSE)).rejects.toMatchObject({ code: 'EDITION_INVALID' });
});
