import { expect, it } from 'vitest';
import { sealingPublicKey } from './sealing-key.ts';

it('derives the key pair of RFC 9180, appendix A.1.1', async () => {
  expect(await sealingPublicKey('0x7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234')).toBe(
    '0x37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  );
});
