import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fromBfloat16, fromFloat16, toBfloat16, toFloat16 } from './half.ts';

const all = Uint16Array.from({ length: 65536 }, (_, code) => code);
const isNan16 = (code: number) => (code & 0x7c00) === 0x7c00 && (code & 0x3ff) !== 0;
const isNan = (code: number) => (code & 0x7f80) === 0x7f80 && (code & 0x7f) !== 0;

test('every float16 and every bfloat16 comes back from float32 as it was', () => {
  const [back16, back] = [toFloat16(fromFloat16(all)), toBfloat16(fromBfloat16(all))];
  all.forEach((code) => {
    if (!isNan16(code)) expect(back16[code]).toBe(code);
    if (!isNan(code)) expect(back[code]).toBe(code);
  });
  expect(fromFloat16(back16.filter((_, code) => isNan16(code))).every(Number.isNaN)).toBe(true);
  expect(fromBfloat16(back.filter((_, code) => isNan(code))).every(Number.isNaN)).toBe(true);
});

test.each([
  [1, 0x3c00, 0x3f80],
  [-2, 0xc000, 0xc000],
  [65504, 0x7bff, 0x4780],
  [65519.99, 0x7bff, 0x4780],
  [65520, 0x7c00, 0x4780],
  [2 ** -24, 0x0001, 0x3380],
  [2 ** -25, 0x0000, 0x3300],
  [3 * 2 ** -25, 0x0002, 0x33c0],
  [1 + 2 ** -11, 0x3c00, 0x3f80],
  [1 + 3 * 2 ** -11, 0x3c02, 0x3f80],
  [1 + 2 ** -8, 0x3c04, 0x3f80],
  [1 + 3 * 2 ** -8, 0x3c0c, 0x3f82],
  [-Infinity, 0xfc00, 0xff80],
])('%f has its documented bits', (value, float16, bfloat16) => {
  expect(toFloat16(Float32Array.of(value))[0]).toBe(float16);
  expect(toBfloat16(Float32Array.of(value))[0]).toBe(bfloat16);
});

test('no other 16-bit number is nearer', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, min: -65504, max: 65504 }), (value) => {
      for (const [to, from] of [
        [toFloat16, fromFloat16],
        [toBfloat16, fromBfloat16],
      ] as const) {
        const code = to(Float32Array.of(value))[0]!;
        const [chosen, ...others] = from(Uint16Array.of(code, code + 1, code - 1));
        for (const other of others)
          if (Number.isFinite(other)) expect(Math.abs(chosen! - value)).toBeLessThanOrEqual(Math.abs(other! - value));
      }
    }),
    { numRuns: 2000 },
  );
});
