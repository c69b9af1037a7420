import type { Deployment } from '@oml/protocol/chain/deployment';
import { shortHex } from '@oml/ui/short-hex';
import type { Address, Hex } from '#kit/hex.ts';
import { callOf, only, timeOf, type Action, type Who } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';
import { amountOf, countField, dollarsField } from './fields.ts';

/** What the chain says of a verifier now, and what courts and committees owe it. */
export async function readVerifier(reader: Reader, deployment: Deployment, verifier: Address) {
  const { verifiers, court, committees, blames, leaks, parameters } = contractsOf(deployment);
  const args = [verifier] as const;
  const [standing, tickets, balance, { rules, rates }, ...owed] = await Promise.all([
    reader.readContract({ ...verifiers, functionName: 'standingOf', args }),
    reader.readContract({ ...verifiers, functionName: 'ticketsOf', args }),
    reader.readContract({ ...court, functionName: 'balanceOf', args }),
    reader.readContract({ ...parameters, functionName: 'values' }),
    reader.readContract({ ...court, functionName: 'owed', args }),
    reader.readContract({ ...committees, functionName: 'owed', args }),
    reader.readContract({ ...leaks, functionName: 'owed', args }),
    reader.readContract({ ...blames, functionName: 'owed', args }),
  ]);
  const [byCourt = 0n, byCommittees = 0n, byLeaks = 0n, byBlames = 0n] = owed;
  return { verifier, standing, tickets, balance, rules, rates, owed: { byCourt, byCommittees, byLeaks, byBlames } };
}

export type VerifierFacts = Awaited<ReturnType<typeof readVerifier>>;

/** What a verifier can do about its stake and its tickets. Posting is the form beside it: it names a key. */
export function stakeActions(deployment: Deployment, { verifier, standing, tickets, rates }: VerifierFacts): Action[] {
  const { verifiers } = contractsOf(deployment);
  const who: Who = { accounts: [verifier], word: 'the verifier' };
  const from = timeOf(standing.leavableAt);
  if (standing.stake === 0n) return [];
  if (from)
    return [
      {
        id: 'stake-take',
        rows: [39],
        title: 'Take the stake',
        effect: 'Pays you your whole stake; not while you sit on a committee.',
        who,
        amount: standing.stake,
        from,
        next: 'Staking again before ends the exit.',
        steps: only(callOf({ ...verifiers, functionName: 'unstake', args: [] })),
      },
    ];
  const room = Number(standing.stake / rates.minStake - tickets);
  return [
    ...(room > 0
      ? [
          {
            id: 'tickets-enrol',
            rows: [44],
            title: 'Enrol tickets',
            effect: 'Puts you on the list that committees are drawn from, one ticket for every least stake.',
            who,
            next: 'Your agent sits on what you are drawn for; whoever stays away loses stake.',
            fields: [countField('count', 'Tickets', { most: room, initial: room })],
            steps: ({ count }) => [{ call: callOf({ ...verifiers, functionName: 'enrol', args: [Number(count)] }) }],
          } satisfies Action,
        ]
      : []),
    {
      id: 'stake-ask',
      rows: [39],
      title: 'Ask the stake back',
      effect: 'You stop counting as staked at once, and all your tickets are struck.',
      who,
      amount: standing.stake,
      next: 'Take it after the delay.',
      steps: only(callOf({ ...verifiers, functionName: 'requestUnstake', args: [] })),
    },
  ];
}

/** What courts keep for an account: claim bonds, rewards, fees. */
export function courtActions(deployment: Deployment, { verifier, balance, owed, rates }: VerifierFacts): Action[] {
  const { court, committees, leaks, blames } = contractsOf(deployment);
  const who: Who = { accounts: [verifier], word: 'the claimant' };
  const args = [verifier] as const;
  const pay = (id: string, amount: bigint, effect: string, call: Action['steps']): Action[] =>
    amount === 0n ? [] : [{ id, rows: [42], title: 'Pay out', effect, who: 'anyone', amount, steps: call }];
  return [
    {
      id: 'court-deposit',
      rows: [42],
      title: 'Deposit',
      effect: 'Adds to your balance at the claim court, out of which claim bonds are posted.',
      who: 'anyone',
      fields: [dollarsField('Dollars to add', { initial: rates.claimBond })],
      steps: (values) => {
        const amount = amountOf(values);
        return [{ call: callOf({ ...court, functionName: 'deposit', args: [verifier, amount] }), spends: amount }];
      },
    },
    ...(balance > 0n
      ? [
          {
            id: 'court-withdraw',
            rows: [42],
            title: 'Withdraw',
            effect: 'Pays you out of your balance at the claim court: bonds that came back, and rewards.',
            who,
            amount: balance,
            fields: [dollarsField('Dollars to take', { most: balance, initial: balance })],
            steps: (values) => [
              { call: callOf({ ...court, functionName: 'withdraw', args: [amountOf(values), verifier] }) },
            ],
          } satisfies Action,
        ]
      : []),
    ...pay(
      'owed-court',
      owed.byCourt,
      'What the claim court could not deliver.',
      only(callOf({ ...court, functionName: 'pay', args })),
    ),
    ...pay(
      'owed-committees',
      owed.byCommittees,
      'Fees of your seats on committees.',
      only(callOf({ ...committees, functionName: 'withdraw', args })),
    ),
    ...pay(
      'owed-leaks',
      owed.byLeaks,
      'What reports owe you.',
      only(callOf({ ...leaks, functionName: 'withdraw', args })),
    ),
    ...pay(
      'owed-blames',
      owed.byBlames,
      'What blames owe you.',
      only(callOf({ ...blames, functionName: 'withdraw', args })),
    ),
  ];
}

export interface OpenBatch {
  batchId: Hex;
  verifier: Address;
  deposit: bigint;
  at: Date;
}

/** Ends batches that nobody opened, once they had the time to. */
export function batchActions(
  deployment: Deployment,
  { batchOpenWindow }: { batchOpenWindow: number },
  batches: readonly OpenBatch[],
): Action[] {
  const { verifiers } = contractsOf(deployment);
  return batches.map(({ batchId, verifier, deposit, at }) => ({
    id: `batch-close-${batchId}`,
    rows: [41],
    title: 'Forfeit',
    effect: `Batch ${shortHex(batchId)} of ${shortHex(verifier)} was not opened: its deposit burns, or goes back where its round is void.`,
    who: 'anyone' as const,
    amount: deposit,
    since: at,
    from: new Date(at.getTime() + batchOpenWindow * 1000),
    steps: only(callOf({ ...verifiers, functionName: 'closeBatch', args: [batchId] })),
  }));
}
