import { claimCourtAbi } from '@oml/contracts/abis';
import type { Deployment } from '@oml/protocol/chain/deployment';
import type { BatchOpening } from '@oml/protocol/evidence/batch';
import { requestNonce } from '@oml/protocol/evidence/nonce';
import type { Receipt } from '@oml/protocol/signed/receipt';
import { decodeFunctionData, parseEventLogs, type PublicClient } from 'viem';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, type Action } from './action.ts';
import { contractsOf } from './contracts.ts';

type Reader = Pick<PublicClient, 'getTransaction' | 'getTransactionReceipt'>;

/** A claim as a page knows it. */
export interface ClaimOf {
  claimId: Hex;
  claimant: Address;
  offence: 'unpaid-use' | 'equivocation' | 'disguised-use';
  state: string;
  answerBy?: Date;
  /** What it set aside. */
  reserved: bigint;
  curedAt?: Date;
  /** The transaction that revealed it. */
  revealTx: Hex | undefined;
}

interface Evidence {
  signed: { receipt: Receipt };
  nonceSalt: Hex;
}

/** The receipts of a claim of offence 1, and a salt that opens one of them: the court keeps hashes only. */
export async function revealedUses(reader: Reader, claim: Pick<ClaimOf, 'claimId' | 'claimant' | 'revealTx'>) {
  const { logs, input } = await revealOf(reader, claim);
  const [shown] = parseEventLogs({ abi: claimCourtAbi, eventName: 'UnpaidUseClaimed', logs }).filter(
    ({ args }) => args.claimId === claim.claimId,
  );
  const { functionName, args } = decodeFunctionData({ abi: claimCourtAbi, data: input });
  const items: readonly Evidence[] =
    functionName === 'revealUnpaidUse' ? args[0] : functionName === 'revealEquivocation' ? [args[0], args[1]] : [];
  const receipts = shown?.args.receipts ?? [];
  const opener = items.find(
    ({ signed, nonceSalt }) =>
      receipts.some(({ requestNonce: nonce }) => nonce === signed.receipt.requestNonce) &&
      requestNonce(claim.claimant, nonceSalt) === signed.receipt.requestNonce,
  );
  if (!opener) throw new Error('The claim was revealed through another contract; its receipts are not in the call.');
  return { receipts, nonceSalt: opener.nonceSalt };
}

/** The batch of a claim of disguised use, as its claimant opened it. */
async function revealedBatch(reader: Reader, claim: ClaimOf): Promise<BatchOpening> {
  const { functionName, args } = decodeFunctionData({
    abi: claimCourtAbi,
    data: (await revealOf(reader, claim)).input,
  });
  if (functionName !== 'revealDisguisedUse')
    throw new Error('The claim was revealed through another contract; its batch is not in the call.');
  return args[0];
}

async function revealOf(reader: Reader, { revealTx: hash }: Pick<ClaimOf, 'revealTx'>) {
  if (!hash) throw new Error('The index does not know yet how this claim was revealed.');
  const [{ input }, { logs }] = await Promise.all([
    reader.getTransaction({ hash }),
    reader.getTransactionReceipt({ hash }),
  ]);
  return { input, logs };
}

/** What anybody can do about a claim. */
export function claimActions(reader: Reader, deployment: Deployment, claim: ClaimOf): Action[] {
  const { court } = contractsOf(deployment);
  const { claimId, offence, state, answerBy, reserved, curedAt } = claim;
  if (state === 'contested' || (state === 'proving' && answerBy))
    return [
      {
        id: `claim-finalise-${claimId}`,
        rows: [37],
        title: 'Finalise',
        effect:
          offence === 'disguised-use'
            ? 'Ends the claim: the slash is taken, and everybody gets a part.'
            : 'Ends the claim: slashed where a use is still not booked, a late fee where all are.',
        who: 'anyone',
        amount: reserved,
        ...(answerBy ? { from: answerBy } : {}),
        steps: () => [
          {
            call: async () => {
              if (offence === 'disguised-use')
                return callOf({
                  ...court,
                  functionName: 'finaliseDisguisedUse',
                  args: [claim.claimant, await revealedBatch(reader, claim)],
                });
              const { receipts, nonceSalt } = await revealedUses(reader, claim);
              return callOf({
                ...court,
                functionName: 'finaliseUnpaidUse',
                args: [receipts, claim.claimant, nonceSalt],
              });
            },
          },
        ],
      },
    ];
  if (state !== 'slashed' || offence !== 'unpaid-use' || curedAt) return [];
  return [
    {
      id: `claim-cure-${claimId}`,
      rows: [35],
      title: 'Lift the suspension',
      effect: 'Once what was slashed is booked and the account is covered, the license serves again.',
      who: 'anyone',
      steps: () => [
        {
          call: async () =>
            callOf({ ...court, functionName: 'cure', args: [(await revealedUses(reader, claim)).receipts] }),
        },
      ],
    },
  ];
}
