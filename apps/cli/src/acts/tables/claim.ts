import { blamesAbi, committeesAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { OFFENCE } from '@oml/protocol/chain/claim-state';
import { OmlError } from '@oml/protocol/error';
import { filedBlame } from '@oml/service/blames';
import type { Hex } from 'viem';
import { claimBegun } from '../../chain/claims.ts';
import { one, type Act, type Step, type View } from '../act.ts';
import { amount, number, somebody, text, word } from '../args.ts';
import { fromFile } from '../from-file.ts';

const CLAIMANT = 'the claimant';
const ANYONE = 'anyone';
const CLAIM = word('claim', 'its id');
const BLAME = number('blame', 'its number');
const SALT = 'oml claim reveal-… in a later block; the verifier’s agent and the page do all of this by themselves';

/** Accusing, answering, blaming, and ending claims. */
export const CLAIM_ACTS: readonly Act[] = [
  one('anchor', 'claimCourt.anchor', [word('root', 'Merkle root over digests of receipts')], {
    does: 'anchor receipts, so that they can be claimed on',
    who: ANYONE,
  }),
  {
    verb: 'deposit',
    does: 'add to what a claimant keeps in the court, out of which claim bonds are posted',
    who: ANYONE,
    takes: [amount('amount', 'to add'), somebody('claimant', 'who is to claim')],
    calls: ['claimCourt.deposit'],
    steps: async ([added, claimant]) => [
      { contract: 'claimCourt', calls: 'deposit', args: [claimant, added], draws: added as bigint },
    ],
  },
  {
    verb: 'withdraw',
    does: 'take out of what you keep in the court, bonds that came back included',
    who: CLAIMANT,
    takes: [amount('amount', 'to take out'), somebody('to', 'where it goes')],
    calls: ['claimCourt.withdraw'],
    steps: async ([taken, to]) => [{ contract: 'claimCourt', calls: 'withdraw', args: [taken, to] }],
  },
  one('commit', 'claimCourt.commitClaim', [word('commitment', 'of chain, court, sender, contents and salt')], {
    does: 'commit a claim',
    who: CLAIMANT,
    next: SALT,
  }),
  fromFile('reveal-unpaid', 'claimCourt.revealUnpaidUse', [], {
    does: 'reveal a claim on unpaid uses; opens the answer window',
    who: CLAIMANT,
    next: 'oml claim finalise CLAIM, after the window',
  }),
  fromFile('reveal-equivocation', 'claimCourt.revealEquivocation', [], {
    does: 'reveal two receipts on the same money',
    who: CLAIMANT,
    next: 'oml claim finalise CLAIM, after the window',
  }),
  fromFile('reveal-disguised', 'claimCourt.revealDisguisedUse', [], {
    does: 'reveal a claim on a disguised use; its items follow',
    who: CLAIMANT,
    next: 'oml claim prove FILE',
  }),
  fromFile('prove', 'claimCourt.proveItems', [], {
    does: 'submit the next items of a claim on a disguised use',
    who: CLAIMANT,
    next: 'oml claim finalise CLAIM, after the window',
  }),
  {
    verb: 'answer',
    does: 'answer a claim on unpaid uses: book each that is not, and pay what is lacking yourself',
    who: 'anyone, in practice the host (its gateway does it up to a limit)',
    takes: [CLAIM],
    calls: ['revenueVault.bookShortfall'],
    idle: 'All of its uses are booked.',
    next: 'oml claim finalise CLAIM, after the window',
    steps: ([claimId], view) => answerSteps(view, claimId as Hex),
  },
  {
    verb: 'finalise',
    does: 'end a claim whose window is over',
    who: ANYONE,
    takes: [CLAIM],
    calls: ['claimCourt.finaliseUnpaidUse', 'claimCourt.finaliseDisguisedUse'],
    steps: ([claimId], view) => finaliseSteps(view, claimId as Hex),
  },
  {
    verb: 'cure',
    does: 'lift the suspension that a slash left, once its uses are booked and the account is covered',
    who: ANYONE,
    takes: [CLAIM],
    calls: ['claimCourt.cure'],
    async steps([claimId], { chain }) {
      const begun = await claimBegun(chain, claimId as Hex);
      if (begun.eventName !== 'UnpaidUseClaimed') throw new OmlError('REQUEST_INVALID', 'Only unpaid uses are cured.');
      return [{ contract: 'claimCourt', calls: 'cure', args: [begun.args.receipts] }];
    },
  },
  fromFile('blame', 'blames.blame', [], {
    does: 'say that the editions you were given answer the keys of a claim by themselves; costs a deposit',
    who: 'the claimed account, or one of its signers (its gateway does it up to a limit)',
    draws: (_, { chain }) =>
      chain.publicClient.readContract({
        address: chain.deployment.contracts.committees,
        abi: committeesAbi,
        functionName: 'cost',
      }),
  }),
  one('blame-evidence', 'blames.submitEvidence', [BLAME, word('hash', 'of the document'), text('uri', 'where it is')], {
    does: 'point to evidence on an open blame',
    who: ANYONE,
  }),
  one('blame-decide', 'blames.decide', [BLAME], { does: 'apply what the committee of a blame said', who: ANYONE }),
  one('blame-appeal', 'blames.appeal', [BLAME], {
    does: 'take the verdict on a blame to the arbitrator, for its fee in the coin of the chain',
    who: ANYONE,
    value: appealCost,
  }),
  {
    verb: 'blame-close',
    does: 'end a blame and its claim, once nothing can be appealed any more',
    who: ANYONE,
    takes: [CLAIM],
    calls: ['blames.close'],
    steps: ([claimId], view) => closeBlameSteps(view, claimId as Hex),
  },
  one('marks-appeal', 'blames.appealMarks', [BLAME], {
    does: 'ask the arbitrator to lift the marks that a blame left, for its fee in the coin of the chain',
    who: ANYONE,
    value: appealCost,
  }),
];

function appealCost({ chain }: View): Promise<bigint> {
  const blames = { address: chain.deployment.contracts.blames, abi: blamesAbi } as const;
  return chain.publicClient.readContract({ ...blames, functionName: 'appealCost' });
}

async function answerSteps({ chain }: View, claimId: Hex): Promise<Step[]> {
  const { eventName, args } = await claimBegun(chain, claimId);
  if (eventName !== 'UnpaidUseClaimed' || args.use.offence !== OFFENCE.unpaidUse)
    throw new OmlError('REQUEST_INVALID', 'Booking answers unpaid uses alone: a disguised use can only be blamed.');
  const at = { address: args.use.vault, abi: revenueVaultAbi } as const;
  const steps: Step[] = [];
  for (const { paymentRef, client, total } of totalsOf(args.receipts)) {
    const booked = await chain.publicClient.readContract({ ...at, functionName: 'booked', args: [paymentRef, client] });
    if (booked >= total) continue;
    const due = { args: [paymentRef, client, total], draws: total - booked };
    steps.push({ contract: 'revenueVault', address: at.address, calls: 'bookShortfall', ...due });
  }
  // One allowance for all of them: each would take the place of the one before.
  const [first, ...rest] = steps;
  const all = steps.reduce((sum, { draws = 0n }) => sum + draws, 0n);
  return first ? [{ ...first, draws: all }, ...rest.map(({ draws: _, ...step }) => step)] : [];
}

interface Total {
  paymentRef: Hex;
  client: Hex;
  total: bigint;
}

/** The largest total that a receipt states of each payment. */
function totalsOf(receipts: readonly { paymentRef: Hex; client: Hex; cumulative: bigint }[]): Total[] {
  const totals = new Map<string, Total>();
  for (const { paymentRef, client, cumulative } of receipts) {
    const key = `${paymentRef}-${client}`;
    const before = totals.get(key)?.total ?? 0n;
    totals.set(key, { paymentRef, client, total: cumulative > before ? cumulative : before });
  }
  return [...totals.values()];
}

async function finaliseSteps({ chain }: View, claimId: Hex): Promise<Step[]> {
  const { eventName, args } = await claimBegun(chain, claimId);
  const court = { contract: 'claimCourt' } as const;
  return eventName === 'UnpaidUseClaimed'
    ? [{ ...court, calls: 'finaliseUnpaidUse', args: [args.receipts, args.claimant, args.use.nonceSalt] }]
    : [{ ...court, calls: 'finaliseDisguisedUse', args: [args.claimant, args.batch] }];
}

async function closeBlameSteps({ chain }: View, claimId: Hex): Promise<Step[]> {
  const { eventName, args } = await claimBegun(chain, claimId);
  const filed = await filedBlame(chain, claimId);
  if (eventName !== 'DisguisedUseClaimed' || !filed)
    throw new OmlError('NOT_FOUND', `No blame of ${claimId} was filed.`);
  const { blameId, licenseIds, hits } = filed;
  return [{ contract: 'blames', calls: 'close', args: [blameId, args.claimant, args.batch, licenseIds, hits] }];
}
