import type { ClaimEventRow } from '@oml/db/claim-steps';
import type { ClaimRow } from '@oml/db/claims';
import { dollars } from '@oml/ui/dollars';
import { shortHex } from '@oml/ui/short-hex';
import type { Tone } from '@oml/ui/states';

export interface ClaimStep {
  title: string;
  body?: string;
  tone: Tone;
  event: ClaimEventRow;
}

type Args = Record<string, string>;
const money = (value: string | undefined): string => (value && /^\d+$/.test(value) ? dollars(BigInt(value)) : '?');
const many = (count: number, one: string, more: string): string => (count === 1 ? one : `${count} ${more}`);

/** What one event, or several of the same name in one transaction, say in words. */
const WORDS: Record<string, (args: Args, count: number) => Omit<ClaimStep, 'event'>> = {
  BatchCommitted: ({ ordinal }) => ({
    tone: 'evidence',
    title: 'Batch committed',
    body: `The verifier’s batch ${ordinal ?? ''}: whom it asks, and with which nonces, is fixed and still hidden.`,
  }),
  BatchDrawn: () => ({
    tone: 'evidence',
    title: 'Keys drawn',
    body: 'A block that nobody could know at the commitment chose which fingerprints to ask.',
  }),
  BatchOpened: () => ({
    tone: 'evidence',
    title: 'Batch opened',
    body: 'What was committed is shown; its deposit went back.',
  }),
  ReceiptsAnchored: () => ({
    tone: 'evidence',
    title: 'Receipts anchored',
    body: 'A Merkle root proves how old the receipts are.',
  }),
  ClaimCommitted: () => ({ tone: 'evidence', title: 'Claim committed', body: 'Sealed, so that nobody can copy it.' }),
  UnpaidUseClaimed: ({ bond, reach, witness }) => ({
    tone: 'risk',
    title: witness && BigInt(witness) !== 0n ? 'Equivocation shown' : 'Unpaid use shown',
    body: `${witness && BigInt(witness) !== 0n ? 'Two receipts charge the same money for different uses' : 'A receipt signed by the host is not booked in its vault'}. The claimant posted ${money(bond)}; up to ${money(reach)} of the host’s bond are within reach.`,
  }),
  DisguisedUseClaimed: ({ bond, itemCount }) => ({
    tone: 'risk',
    title: 'Claim revealed',
    body: `The claimant posted ${money(bond)} and named ${itemCount} answers; each is shown next.`,
  }),
  HitProven: (_, count) => ({
    tone: 'risk',
    title: many(count, 'One hit shown', 'hits shown'),
    body: 'Answers that carry the model’s fingerprints under another name.',
  }),
  ItemsProven: ({ itemsProven }) => ({ tone: 'evidence', title: `Evidence up to item ${itemsProven}` }),
  ClaimAdmitted: ({ reach, score, needed }) => ({
    tone: 'risk',
    title: 'Claim admitted',
    body: `The score is ${score}, ${needed} were needed. Up to ${money(reach)} of the bond are within reach; the window to answer runs.`,
  }),
  Booked: ({ total, client }) => ({
    tone: 'money',
    title: 'Booked',
    body: `${money(total)} by ${client ? shortHex(client) : 'the client'} stand in the vault’s ledger.`,
  }),
  BondTaken: ({ amount, slash }) => ({
    tone: 'slashed',
    title: slash === 'true' ? 'Bond slashed' : 'Late fee taken',
    body: `${money(amount)} left the bond.`,
  }),
  Credited: ({ payee, amount }) => ({
    tone: 'plain',
    title: 'Credited',
    body: `${money(amount)} to ${payee ? shortHex(payee) : '?'}.`,
  }),
};

/** The end of a claim takes its words from its state: the event carries it as a number. */
function finalised(claim: ClaimRow): Omit<ClaimStep, 'event'> {
  if (claim.state === 'slashed')
    return {
      tone: 'slashed',
      title: 'Slashed',
      body: `${dollars(claim.taken)} taken, ${dollars(claim.burned)} of them burned.`,
    };
  if (claim.state === 'paid-late')
    return {
      tone: 'risk',
      title: 'Paid late',
      body: `The use is booked now; the late fee was ${dollars(claim.taken)}.`,
    };
  return { tone: 'plain', title: 'Lapsed', body: 'The claim was never admitted; the claimant’s bond burned.' };
}

/** The steps of a claim, oldest first; repeated events of one transaction are one step. */
export function claimSteps(claim: ClaimRow): ClaimStep[] {
  const groups: ClaimEventRow[][] = [];
  for (const event of claim.timeline) {
    const last = groups.at(-1);
    if (last?.[0]?.name === event.name && last[0].tx === event.tx) last.push(event);
    else groups.push([event]);
  }
  return groups.map((group) => {
    const event = group[0]!;
    if (event.name === 'ClaimFinalised') return { ...finalised(claim), event };
    const words = WORDS[event.name];
    return {
      ...(words ? words(group.at(-1)!.args, group.length) : { tone: 'plain' as const, title: event.name }),
      event,
    };
  });
}
