import { recoverStrict } from '@oml/protocol/signed/strict-signature';
import fc from 'fast-check';
import { toHex, type Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { createRecover, createSign } from './curve.ts';

const word = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes): Hex => toHex(bytes));
const privateKey = fc.bigInt({ min: 1n, max: 2n ** 255n }).map((key): Hex => toHex(key, { size: 32 }));

test('signs what the plain curve signs, byte for byte', async () => {
  const signs = fc.asyncProperty(privateKey, word, async (key, hash) => {
    expect(createSign(key)(hash)).toBe(await privateKeyToAccount(key).sign({ hash }));
  });
  await fc.assert(signs, { numRuns: 30 });
});

test('recovers whom the plain curve recovers, or nobody as it does', async () => {
  const recover = createRecover();
  const outcomeOf = (found: Promise<string>) => found.catch((error: { code: string }) => error.code);
  const whole = fc
    .tuple(word, word, fc.constantFrom('1b', '1c'))
    .map(([r, s, v]): Hex => `${r}${s.slice(2)}${v}` as Hex);
  const recovers = fc.asyncProperty(word, whole, async (digest, signature) => {
    for (const _ of [1, 2])
      expect(await outcomeOf(recoverStrict(digest, signature, recover))).toBe(
        await outcomeOf(recoverStrict(digest, signature)),
      );
  });
  const low = `0x${'0'.repeat(64)}`;
  const examples = [[low, `${low}${'0'.repeat(64)}1b`]] as [Hex, Hex][];
  await fc.assert(recovers, { numRuns: 60, examples });
});

test('remembers the last signers and no more', async () => {
  const recover = createRecover();
  const sign = createSign(toHex(7n, { size: 32 }));
  const { address } = privateKeyToAccount(toHex(7n, { size: 32 }));
  for (let n = 0; n < 1_100; n++) {
    const digest = toHex(n, { size: 32 });
    expect(await recover(digest, sign(digest))).toBe(address);
  }
});
