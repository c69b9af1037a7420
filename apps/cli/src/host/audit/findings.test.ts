import { zeroAddress, type Address } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Auditee } from './auditee.ts';
import { bookedFinding, licenseFinding, priceFinding, signedFinding } from './findings.ts';

const [VAULT, TOKEN, OTHER] = ['11', '22', '33'].map((byte): Address => `0x${byte.repeat(20)}`) as [
  Address,
  Address,
  Address,
];
const auditee: Auditee = {
  licenseId: 2n,
  modelId: 1n,
  account: OTHER,
  vault: VAULT,
  endpoint: 'https://host.example',
  state: 'active',
  isActive: true,
  isCovered: true,
  floorPrice: 1_000n,
  codeBooks: [],
};
const listed = {
  model: 'm',
  kind: 'language',
  licenseId: 2n,
  modelId: 1n,
  vault: VAULT,
  token: TOKEN,
  price: 2_000n,
} as const;
const price = (changes: object) => priceFinding(auditee, { ...listed, ...changes }, undefined, TOKEN);

describe('what an audit of a host finds', () => {
  it('of its price: payee, token, model and floor are as the chain says', () => {
    expect(price({}).holds).toBe(true);
    for (const [changes, why] of [
      [{ vault: zeroAddress }, /asks for payment to 0x0/],
      [{ token: OTHER }, /asks for the token/],
      [{ price: 999n }, /below the floor of \$0\.001/],
      [{ modelId: 7n }, /lists model 7/],
    ] as const)
      expect(price(changes)).toEqual({ check: 'price', holds: false, says: expect.stringMatching(why) });
    const quote = { ceiling: 2_001n, payTo: VAULT, token: TOKEN } as never;
    expect(priceFinding(auditee, listed, quote, TOKEN).says).toMatch(/quotes \$0\.002001 above/);
  });

  it('of its license: active, and covered', () => {
    expect(licenseFinding(auditee).holds).toBe(true);
    expect(licenseFinding({ ...auditee, isCovered: false }).holds).toBe(false);
    expect(licenseFinding({ ...auditee, isActive: false, state: 'suspended' }).says).toContain('suspended');
  });

  it('of its signatures: what could not be bought says nothing, what came unsigned is a fault', () => {
    const failed = (code: string) => ({ error: { code, message: 'it says so' } });
    expect(signedFinding([]).holds).toBe(null);
    expect(signedFinding([failed('UNAVAILABLE')]).holds).toBe(null);
    expect(signedFinding([failed('UNAVAILABLE'), failed('RECEIPT_MISSING')]).holds).toBe(false);
    expect(signedFinding([{ receipt: {} as never }]).holds).toBe(true);
  });

  it('of its bookings: nothing before the host had its time', () => {
    expect(bookedFinding(2, 2, { waited: 0, hostHas: 12 }).holds).toBe(true);
    expect(bookedFinding(2, 1, { waited: 12, hostHas: 12 }).holds).toBe(null);
    expect(bookedFinding(2, 1, { waited: 13, hostHas: 12 }).holds).toBe(false);
    expect(bookedFinding(0, 0, { waited: 13, hostHas: 12 }).holds).toBe(null);
  });
});
