import type { Deployment } from '@oml/protocol/chain/deployment';
import { shortHex } from '@oml/ui/short-hex';
import type { Address } from '#kit/hex.ts';
import { callOf, only, timeOf, type Action, type Who } from './action.ts';
import { contractsOf, type Reader } from './contracts.ts';
import { amountOf, dollarsField } from './fields.ts';

export interface Signer {
  signer: Address;
  revokedAt?: Date;
}

/** What the chain says of a host's account now. */
export async function readAccount(reader: Reader, deployment: Deployment, account: Address) {
  const { licenses, parameters } = contractsOf(deployment);
  const [stored, free, isCovered, { rules }] = await Promise.all([
    reader.readContract({ ...licenses, functionName: 'accountOf', args: [account] }),
    reader.readContract({ ...licenses, functionName: 'free', args: [account] }),
    reader.readContract({ ...licenses, functionName: 'isCovered', args: [account] }),
    reader.readContract({ ...parameters, functionName: 'values' }),
  ]);
  return { account, ...stored, free, isCovered, rules };
}

export type AccountFacts = Awaited<ReturnType<typeof readAccount>>;

/** What can be done about a host's bond and keys. */
export function accountActions(deployment: Deployment, facts: AccountFacts, signers: readonly Signer[]): Action[] {
  const { licenses } = contractsOf(deployment);
  const who: Who = { accounts: [facts.account], word: 'the host' };
  return [
    ...bondActions(deployment, facts, who),
    ...signers
      .filter(({ revokedAt }) => revokedAt === undefined)
      .map(({ signer }): Action => ({
        id: `signer-revoke-${signer.toLowerCase()}`,
        rows: [25],
        title: 'Revoke',
        effect: `Signer ${shortHex(signer)} signs no receipts for this account any more, soon after.`,
        who,
        next: 'Bind another key before you serve on.',
        steps: only(callOf({ ...licenses, functionName: 'revokeSigner', args: [signer] })),
      })),
    ...(facts.suspendedAt > 0 && !facts.isClosed
      ? [
          {
            id: 'account-reinstate',
            rows: [30],
            title: 'End the suspension',
            effect: 'The account serves again, once its bond covers its licenses.',
            who: 'anyone',
            since: timeOf(facts.suspendedAt)!,
            steps: only(callOf({ ...licenses, functionName: 'reinstateAccount', args: [facts.account] })),
          } satisfies Action,
        ]
      : []),
  ];
}

function bondActions(deployment: Deployment, { account, bond, free, exit, rules }: AccountFacts, who: Who): Action[] {
  const { licenses } = contractsOf(deployment);
  const announce = (amount: bigint) => callOf({ ...licenses, functionName: 'announceExit', args: [amount] });
  const ripeAt = timeOf(exit.ripeAt);
  const actions: Action[] = [
    {
      id: 'bond-post',
      rows: [22],
      title: 'Post bond',
      effect: 'Adds to the bond. It stays the account’s, and within reach of claims until it has left.',
      who: 'anyone',
      fields: [dollarsField('Dollars to add')],
      steps: (values) => {
        const amount = amountOf(values);
        return [
          { call: callOf({ ...licenses, functionName: 'depositBond', args: [account, amount] }), spends: amount },
        ];
      },
    },
  ];
  if (bond > 0n)
    actions.push({
      id: 'bond-ask',
      rows: [23],
      title: exit.amount > 0n ? 'Ask for this instead' : 'Ask bond back',
      effect: 'Announces that a part of the bond leaves. Until then it covers nothing, and claims take it first.',
      who,
      next: 'Take it once it is ripe; it lapses if you do not.',
      fields: [dollarsField('Dollars to ask back', { most: bond, initial: free })],
      steps: (values) => [{ call: announce(amountOf(values)) }],
    });
  if (exit.amount > 0n && ripeAt)
    actions.push(
      {
        id: 'bond-take',
        rows: [23],
        title: 'Take the bond',
        effect: 'Pays you what you asked back, as far as no license or claim needs it.',
        who,
        amount: exit.amount,
        from: ripeAt,
        until: new Date(ripeAt.getTime() + rules.exitWindow * 1000),
        steps: only(callOf({ ...licenses, functionName: 'withdraw', args: [] })),
      },
      {
        id: 'bond-keep',
        rows: [23],
        title: 'Leave it in',
        effect: 'Takes the announcement back: the money covers your licenses again.',
        who,
        amount: exit.amount,
        steps: only(announce(0n)),
      },
    );
  return actions;
}
