import { omlErrorsAbi } from '@oml/contracts/abis';
import { OmlError } from '@oml/protocol/error';
import {
  ContractFunctionExecutionError,
  ContractFunctionRevertedError,
  encodeErrorResult,
  UserRejectedRequestError,
} from 'viem';
import { describe, expect, it } from 'vitest';
import { explainError } from './explain-error.ts';
import { explainRevert } from '@oml/protocol/chain/revert-words';

function reverted(errorName: string, args: unknown[]) {
  const data = encodeErrorResult({ abi: omlErrorsAbi, errorName, args } as Parameters<typeof encodeErrorResult>[0]);
  const cause = new ContractFunctionRevertedError({ abi: omlErrorsAbi, data, functionName: 'accept' });
  return new ContractFunctionExecutionError(cause, { abi: omlErrorsAbi, functionName: 'accept' });
}

describe('explainError', () => {
  it('puts a custom error with its amounts into a sentence and a next step', () => {
    const error = reverted('LicenseRegistry_InsufficientBond', [
      '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
      5_000_000n,
      100_000_000n,
    ]);
    expect(explainError(error)).toEqual({
      sentence: 'The free bond is $5.00; $100.00 are needed.',
      next: 'Deposit more bond, then accept.',
      code: 'LicenseRegistry_InsufficientBond',
    });
  });

  it('says that a declined signature sent nothing', () =>
    expect(explainError(new UserRejectedRequestError(new Error('no')))).toMatchObject({ next: 'Nothing was sent.' }));

  it('keeps the code of an OML error', () =>
    expect(explainError(new OmlError('BOND_TOO_LOW', 'Too little at stake.'))).toMatchObject({
      code: 'BOND_TOO_LOW',
      sentence: 'Too little at stake.',
    }));
});

describe('explainRevert', () => {
  const names = omlErrorsAbi.map((item) => item.name);

  it('says of a paid receipt that there is nothing to claim', () => {
    expect(
      explainRevert('ClaimCourt_AlreadyBooked', { digest: `0x${'cd'.repeat(32)}`, paymentRef: `0x${'ab'.repeat(32)}` })
        .sentence,
    ).toBe('Receipt 0xcdcd…cdcd is paid: its payment 0xabab…abab is booked in the vault.');
  });

  it('shows an error it does not know by name and values', () =>
    expect(explainRevert('Vault_Odd', { a: '1' }).sentence).toBe('The contract refused: Vault_Odd (a 1).'));

  it('uses the arguments that the contracts really give', () => {
    for (const { name, inputs } of omlErrorsAbi) {
      const args = Object.fromEntries(inputs.map((input) => [input.name, '1']));
      expect(explainRevert(name, args).sentence, name).not.toMatch(/\?|undefined|NaN/);
    }
  });

  it('has words for every refusal of the court', () => {
    const court = names.filter((name) => name.startsWith('ClaimCourt_'));
    expect(court.length).toBeGreaterThan(30);
    for (const name of court) expect(explainRevert(name).sentence, name).not.toContain('The contract refused');
  });
});
