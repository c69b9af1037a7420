import { OFFENCE } from '@oml/protocol/chain/claim-state';
import { dollars } from '@oml/ui/dollars';
import { shortHex } from '@oml/ui/short-hex';
import type { Tone } from '@oml/ui/states';
import type { ClaimEvent, ShownClaim } from './shown-claim.ts';

export interface ClaimStep {
  title: string;
  body?: string;
  tone: Tone;
  event: ClaimEvent;
}

type Args = Record<string, string>;
const money = (value: string | undefined): string => (value && /^\d+$/.test(value) ? dollars(BigInt(value)) : '?');

const verdict = (who: string, upheld: string | undefined): Omit<ClaimStep, 'event'> =>
  upheld === 'true'
    ? { tone: 'money', title: `${who} upholds the blame`, body: 'The editions repeat the hits by themselves.' }
    : { tone: 'slashed', title: `${who} does not uphold the blame`, body: 'The claim ends as any other.' };

/** What one event, or several of the same name in one transaction, say in words. */
const WORDS: Record<string, (args: Args, count: number) => Omit<ClaimStep, 'event'>> = {
  BatchCommitted: ({ number }) => ({
    tone: 'evidence',
    title: 'Batch committed',
    body: `Batch ${number ?? ''} of all verifiers: whom it asks, and with which nonces, is fixed and still hidden.`,
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
  UnpaidUseClaimed: ({ bond, reach, offence }) => ({
    tone: 'risk',
    title: Number(offence) === OFFENCE.equivocation ? 'Equivocation shown' : 'Unpaid use shown',
    body: `${Number(offence) === OFFENCE.equivocation ? 'Two receipts charge the same money for different uses' : 'What the host signed receipts for is not booked in its vault'}. The claimant posted ${money(bond)}; up to ${money(reach)} of the host’s bond are within reach.`,
  }),
  DisguisedUseClaimed: ({ bond, itemCount }) => ({
    tone: 'risk',
    title: 'Claim revealed',
    body: `The claimant posted ${money(bond)} and named ${itemCount} answers; those that hit are shown next.`,
  }),
  ItemsProven: ({ itemsProven, hits, score }) => ({
    tone: 'evidence',
    title: `Evidence up to item ${itemsProven}`,
    body: `${hits} answers carry the model’s fingerprints under another name; the score is ${score}.`,
  }),
  ClaimAdmitted: ({ score }) => ({
    tone: 'risk',
    title: 'Claim admitted',
    body: `The score of ${score} suffices; the window to answer runs.`,
  }),
  ClaimCured: ({ licenseId }) => ({
    tone: 'money',
    title: 'Suspension lifted',
    body: `What was slashed is booked by now: this claim does not suspend license ${licenseId} any more.`,
  }),
  BlameFiled: ({ deposit, licenseIds }) => ({
    tone: 'risk',
    title: 'Editions blamed',
    body: `The host says that the editions of license ${licenseIds ?? '?'} answer these keys by themselves, and posted ${money(deposit)} for a committee that runs them.`,
  }),
  BlameEvidence: ({ by }) => ({
    tone: 'evidence',
    title: 'Editions sealed to the jurors',
    body: `Pointed to by ${by ? shortHex(by) : '?'}.`,
  }),
  BlameDecided: ({ upheld }) => verdict('The committee', upheld),
  BlameAppealed: ({ appellant }) => ({
    tone: 'risk',
    title: 'Taken to the arbitrator',
    body: `By ${appellant ? shortHex(appellant) : '?'}.`,
  }),
  BlameRuled: ({ upheld }) => verdict('The arbitrator', upheld),
  BlameClosed: ({ spent, upheld }) => ({
    tone: 'plain',
    title: 'Blame closed',
    body: `The committee cost ${money(spent)}${upheld === 'true' ? '' : '; the host’s deposit is gone'}.`,
  }),
  MarksAppealed: () => ({ tone: 'risk', title: 'Marks taken to the arbitrator' }),
  MarksLifted: () => ({ tone: 'plain', title: 'Marks lifted', body: 'The models may be served and licensed again.' }),
  Booked: ({ total, client }) => ({
    tone: 'money',
    title: 'Booked',
    body: `${money(total)} that ${client ? shortHex(client) : 'the buyer'} paid stand in the vault’s ledger by now.`,
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
function finalised(claim: ShownClaim): Omit<ClaimStep, 'event'> {
  if (claim.state === 'slashed')
    return {
      tone: 'slashed',
      title: 'Slashed',
      body: `${dollars(claim.taken)} taken, ${dollars(claim.burned)} of them burned.`,
    };
  if (claim.state === 'excused')
    return {
      tone: 'money',
      title: 'Host excused',
      body: `${dollars(claim.fromTitles)} came out of title bonds, ${dollars(claim.taken)} out of the host’s bond, ${dollars(claim.burned)} of them burned.`,
    };
  if (claim.state === 'paid-late')
    return {
      tone: 'risk',
      title: 'Paid late',
      body: `The use was booked only after the claim was committed; the late fee was ${dollars(claim.taken)}.`,
    };
  return { tone: 'plain', title: 'Lapsed', body: 'The claim was never admitted; the claimant’s bond burned.' };
}

/** The steps of a claim, oldest first; repeated events of one transaction are one step. */
export function claimSteps(claim: ShownClaim): ClaimStep[] {
  const groups: ClaimEvent[][] = [];
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
