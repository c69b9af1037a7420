import { expect, it } from 'vitest';
import { holdingsOfText, holdingsToText, type Holdings } from './holdings.ts';

const HOST = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const license = { licenseId: 7n, modelId: 2n, account: HOST, vault: HOST } as const;

it('reads holdings as they were sent, numbers and times included', () => {
  const holdings: Holdings = {
    models: [{ modelId: 2n, name: '12' }],
    licensees: [license],
    heirs: [],
    licenses: [license],
    signers: [{ signer: HOST, revokedAt: new Date(5_000) }],
    claims: [
      {
        claimId: '0x01',
        claimant: HOST,
        account: HOST,
        offence: 'unpaid-use',
        state: 'contested',
        reserved: 5n,
        answerBy: new Date(9_000),
        revealTx: '0x02',
      },
    ],
    names: [{ nameId: '0x03', text: '2026', holder: HOST, deposit: 1n, modelId: 0n }],
  };
  expect(holdingsOfText(holdingsToText(holdings))).toEqual(holdings);
});
