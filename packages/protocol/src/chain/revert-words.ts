import { formatDollars } from '../money.ts';

export interface Explanation {
  /** What happened, in one sentence. */
  sentence: string;
  /** What to do now. */
  next?: string;
  /** The name behind it: a custom error or an OML code. */
  code?: string;
}

type Args = Record<string, string>;
const money = (value: string | undefined): string =>
  value && /^\d+$/.test(value) ? `$${formatDollars(BigInt(value))}` : '?';
const time = (value: string | undefined): string =>
  value && /^\d+$/.test(value)
    ? new Date(Number(value) * 1000).toISOString().replace('T', ' ').slice(0, 19) + ' UTC'
    : '?';
/** First 6 and last 4 characters of what is long. */
const short = (value: string): string => (value.length <= 12 ? value : `${value.slice(0, 6)}…${value.slice(-4)}`);
const percent = (bps: string | undefined): string => (bps && /^\d+$/.test(bps) ? `${Number(bps) / 100} %` : '?');
const hex = (value: string | undefined): string => (value ? short(value) : '?');
const receipt = ({ digest }: Args): string => `Receipt ${hex(digest)}`;

/** Every refusal of the contracts that people can meet: one sentence and a next step. */
const WORDS: Record<string, (args: Args) => readonly [sentence: string, next?: string]> = {
  ClaimCourt_AlreadyAnchored: ({ root }) => [
    `The root ${hex(root)} is anchored already.`,
    'Nothing to do: the first time counts.',
  ],
  ClaimCourt_AlreadyCommitted: () => ['This claim is committed already.', 'Reveal it.'],
  ClaimCourt_InsufficientBalance: ({ balance, needed }) => [
    `The claimant keeps ${money(balance)} in the court; ${money(needed)} are needed.`,
    'Deposit the rest, then reveal.',
  ],
  ClaimCourt_UnknownCommitment: () => [
    'There is no such commitment of yours.',
    'Commit the claim first, from the same account.',
  ],
  ClaimCourt_RevealTooEarly: () => ['The claim was revealed too early.', 'Wait one more block.'],
  ClaimCourt_CommitmentExpired: () => ['The commitment is too old.', 'Commit again.'],
  ClaimCourt_InvalidSignature: (args) => [`${receipt(args)} is not signed as the court demands.`],
  ClaimCourt_UnknownSigner: (args) => [`${receipt(args)} was signed by ${hex(args['signer'])}, who signs for no host.`],
  ClaimCourt_WrongAccount: (args) => [
    `${receipt(args)} belongs to another host, ${hex(args['account'])}.`,
    'One claim accuses one host.',
  ],
  ClaimCourt_NotLicensed: (args) => [
    `${receipt(args)} names license ${args['licenseId']}, which serves nobody in public.`,
  ],
  ClaimCourt_NotYourNonce: (args) => [
    `${receipt(args)} answers a question that the claimant did not ask.`,
    'Only the asker can claim.',
  ],
  ClaimCourt_NotAnchored: (args) => [`${receipt(args)} is not under the anchored root.`],
  ClaimCourt_AnchoredOutOfTime: (args) => [`${receipt(args)} was anchored too long before or after the answer.`],
  ClaimCourt_SignerRevoked: (args) => [`${receipt(args)} was anchored after its signer was revoked.`],
  ClaimCourt_ReceiptTooYoung: (args) => [
    `${receipt(args)} is too young: the host still has time to book it.`,
    'Wait, then reveal.',
  ],
  ClaimCourt_ReceiptTooOld: (args) => [`${receipt(args)} is too old to be claimed.`],
  ClaimCourt_AlreadyBooked: (args) => [
    `${receipt(args)} is paid: its payment ${hex(args['paymentRef'])} is booked in the vault.`,
    'There is nothing to claim.',
  ],
  ClaimCourt_AlreadyCounted: (args) => [
    `${receipt(args)} counts in a claim already.`,
    'A receipt counts in one claim only.',
  ],
  ClaimCourt_NotBooked: (args) => [
    `${receipt(args)} is not booked in the vault of license ${args['licenseId']}.`,
    'Book it first.',
  ],
  ClaimCourt_NoEquivocation: () => [
    'The two receipts do not charge the same money for different uses, or stand in the wrong order.',
  ],
  ClaimCourt_WrongState: ({ claimId }) => [
    `Claim ${hex(claimId)} is not in the right state for this.`,
    'Look where it stands.',
  ],
  ClaimCourt_InvalidItemCount: ({ itemCount, max }) => [`${itemCount} items do not fit; at most ${max} do.`],
  ClaimCourt_WrongOrder: ({ index }) => [`Item ${index} is out of order.`],
  ClaimCourt_NotInBatch: ({ index }) => [`Item ${index} is not in the batch.`],
  ClaimCourt_InvalidLeaf: ({ index }) => [
    `The fingerprint of item ${index} is not the one that the beacon drew from the model’s code book.`,
  ],
  ClaimCourt_WrongAnswer: ({ index }) => [`Item ${index} does not carry the fingerprint’s answer.`],
  ClaimCourt_NamesTheModel: ({ licenseId }) => [
    `The receipt names license ${licenseId} on this very model: that is no disguise.`,
  ],
  ClaimCourt_NamesAnother: ({ index, licenseId }) => [
    `The receipt of item ${index} names license ${licenseId}, which is not among those that the batch committed.`,
  ],
  ClaimCourt_NotCovered: ({ account }) => [
    `The bond of ${hex(account)} does not cover what its licenses reserve.`,
    'Deposit more bond first.',
  ],
  ClaimCourt_ScoreTooLow: ({ score, needed }) => [
    `The evidence scores ${score}; ${needed} are needed.`,
    'A miss proves nothing, in either direction.',
  ],
  ClaimCourt_TooEarly: ({ readyAt }) => [`The window runs until ${time(readyAt)}.`, 'Finalise after it.'],
  ClaimCourt_WindowOver: ({ endedAt }) => [`The window was over at ${time(endedAt)}.`],
  ClaimCourt_NothingOwed: () => ['The court owes nothing to this address.'],
  LicenseRegistry_InsufficientBond: ({ free, needed }) => [
    `The free bond is ${money(free)}; ${money(needed)} are needed.`,
    'Deposit more bond, then accept.',
  ],
  LicenseRegistry_AlreadyLicensed: ({ licenseId }) => [`You hold license ${licenseId} on this model already.`],
  LicenseRegistry_NotOffered: ({ termsId, offered }) => [
    `The model does not offer terms ${termsId}${offered === undefined || offered === '0' ? '' : `, but ${offered}`}.`,
    'Read the terms again.',
  ],
  LicenseRegistry_NotAccount: ({ licenseId }) => [`License ${licenseId} belongs to another account.`],
  LicenseRegistry_NotDeliverer: () => ['Only the model’s owner or agent delivers editions.'],
  LicenseRegistry_WrongState: ({ licenseId }) => [`License ${licenseId} is not in the right state for this.`],
  LicenseRegistry_SignerTaken: ({ signer, account }) => [
    `The signer ${hex(signer)} is bound to ${hex(account)} already, forever.`,
    'Use a fresh signer key.',
  ],
  LicenseRegistry_InvalidSignerSignature: ({ signer }) => [
    `The signature is not ${hex(signer)}’s consent to sign for your account.`,
    'Make it with the signer’s key, for the account that sends this.',
  ],
  LicenseRegistry_UnknownSigner: ({ signer }) => [`${hex(signer)} is no signer of yours.`],
  LicenseRegistry_TooEarly: ({ readyAt }) => [`That is possible from ${time(readyAt)}.`],
  LicenseRegistry_NotCovered: ({ account }) => [
    `The bond of ${hex(account)} does not cover its licenses, or the account is closed for good.`,
    'Deposit more bond, or take the announced exit back.',
  ],
  LicenseRegistry_AccountClosed: ({ account }) => [
    `The account ${hex(account)} was closed for good by the claim court.`,
  ],
  LicenseRegistry_ModelMarked: ({ modelId }) => [
    `Model ${modelId} is marked: editions of it answer for another model, so nobody licenses it.`,
  ],
  WithdrawAmountExceedsAvailable: () => [
    'The host collected meanwhile what was used: less is left in the channel than was asked for.',
    'Ask again, for what is left.',
  ],
  WithdrawDelayNotElapsed: () => ['The host may still collect what was used.', 'Take it when the delay is over.'],
  WithdrawalAlreadyPending: () => ['The rest of this channel was asked for already.', 'Take it after the delay.'],
  Exits_TooEarly: ({ ripeAt }) => [`The exit is ripe from ${time(ripeAt)}.`],
  Exits_NothingToWithdraw: () => [
    'Nothing is ripe to leave: never announced, lapsed, or kept for licenses and claims.',
    'Announce the exit, and withdraw while it is ripe.',
  ],
  LicenseRegistry_NothingToActivate: ({ licenseId }) => [`License ${licenseId} uses its latest edition already.`],
  LicenseRegistry_StillSuspended: ({ licenseId }) => [
    `License ${licenseId} is still suspended.`,
    'Cover the bond, book what was claimed, renew, or wait for the report to end.',
  ],
  LicenseRegistry_Frozen: ({ licenseId, until }) => [`License ${licenseId} is frozen until ${time(until)}.`],
  LicenseRegistry_Barred: ({ licenseId }) => [`License ${licenseId} waits for the end of a report.`],
  LicenseRegistry_AccountBound: () => ['A license stays with the account that accepted it.'],
  ModelRegistry_UnknownModel: ({ modelId }) => [`There is no model ${modelId}.`],
  ModelRegistry_NotOwner: ({ modelId }) => [`Model ${modelId} has another owner.`],
  ModelRegistry_NotDeliverer: ({ modelId }) => [`Only the owner or agent of model ${modelId} may do this.`],
  ModelRegistry_WrongKind: ({ termsId }) => [`Terms ${termsId} are of another kind of license.`],
  ModelRegistry_NotDerivable: ({ modelId }) => [
    `The licenses that model ${modelId} was built under let nobody else build on it.`,
  ],
  ModelRegistry_ParentNotLicensed: ({ parentId }) => [
    `Model ${parentId} has another owner, and this account has no active license to build on it.`,
    'Take its license first.',
  ],
  ModelRegistry_TermsTooLax: ({ termsId }) => [
    `Terms ${termsId} would have a child hosted for less than they must ask: floor price, bond or slash are too low.`,
    'Raise all three to what leastHostingOf says.',
  ],
  ModelRegistry_TooManyAncestors: ({ max }) => [`A model has at most ${max} ancestors.`],
  ModelRegistry_RoyaltiesAboveCap: ({ totalBps }) => [
    `Royalties of ${percent(totalBps)} would be owed on each use; at most half may be.`,
  ],
  ModelRegistry_GraceTooShort: ({ min }) => [`Licensees need at least ${min} seconds to move to a new release.`],
  ModelRegistry_InvalidPayee: ({ account }) => [`${hex(account)} cannot share: nobody, or no share.`],
  ModelRegistry_InvalidPayees: ({ count, totalBps }) => [
    `${count} payees share ${percent(totalBps)}; at most 8 share exactly 100 %.`,
  ],
  TermsRegistry_InvalidTerms: () => ['The terms are outside what this deployment allows.'],
  TermsRegistry_UnknownTerms: ({ termsId }) => [`There are no terms ${termsId}.`],
  RevenueVault_InvalidSignature: () => ['The payment is not signed by its payer.'],
  RevenueVault_NothingToDistribute: () => ['Nothing arrived since the last distribution.'],
  RevenueVault_NothingOwed: () => ['Nothing is owed to this address.'],
  RevenueVault_NothingToPay: () => ['Nothing was split for this since the last time.', 'Distribute first.'],
  RevenueVault_Frozen: ({ licenseId }) => [`The payouts of license ${licenseId} are frozen.`],
  RevenueVault_NotBookable: () => ['The channel does not pay this vault in its token under an ECDSA authorizer.'],
  RevenueVault_NothingClaimed: () => ['The channel was not claimed yet.', 'Claim its voucher, then book.'],
  RevenueVault_NotAccount: () => ['Only the licensee itself names watchtowers.'],
  RevenueVault_NotCollector: () => [
    'Only the licensee, its signers and its watchtowers know what a voucher was charged.',
  ],
  RevenueVault_NotStated: () => ['The receipt states no such total of this channel.'],
  Beacon_NotPosted: ({ round }) => [`Round ${round} of the beacon is not posted yet.`, 'Wait for it, then post it.'],
  Beacon_TooEarly: ({ round }) => [`Round ${round} of the beacon is still to come.`, 'Wait for it.'],
  Beacon_TooLate: ({ round }) => [`Nobody posted round ${round} of the beacon in time.`, 'Commit anew.'],
  VerifierRegistry_NotStaked: ({ verifier }) => [`${hex(verifier)} has no stake.`, 'Stake first.'],
  VerifierRegistry_StakeTooLow: ({ stake, minStake }) => [
    `The stake would be ${money(stake)}; ${money(minStake)} is the least.`,
    'Stake more.',
  ],
  VerifierRegistry_NothingToUnstake: () => ['There is no stake to take out.'],
  VerifierRegistry_TooEarly: ({ readyAt }) => [`That is possible from ${time(readyAt)}.`],
  VerifierRegistry_UnknownBatch: ({ batchId }) => [`There is no batch ${hex(batchId)}.`],
  VerifierRegistry_BatchExists: ({ batchId }) => [`The batch ${hex(batchId)} is committed already.`],
  VerifierRegistry_BatchNotDrawn: ({ batchId }) => [
    `The batch ${hex(batchId)} is not drawn yet.`,
    'Wait for its round of the beacon, then post it.',
  ],
  VerifierRegistry_OpenWindowOver: ({ endedAt }) => [`The batch had to be opened before ${time(endedAt)}.`],
  VerifierRegistry_BatchSettled: () => ['The batch is settled already.'],
  InspectionPools_NotDeliverer: ({ modelId }) => [
    `Only the owner or agent of model ${modelId} pays out of its inspection pool.`,
  ],
  InspectionPools_BatchNotOpened: ({ batchId }) => [`The batch ${hex(batchId)} was not opened.`],
  InspectionPools_AlreadyPaid: ({ batchId }) => [`The batch ${hex(batchId)} was paid for already.`],
  InspectionPools_InvalidAmount: ({ max }) => [`At most ${money(max)} can be paid for this batch now.`],
  TitleBonds_BondTooLow: ({ bond, minBond }) => [
    `The title bond would be ${money(bond)}; ${money(minBond)} is the least.`,
    'Post more.',
  ],
  TitleBonds_NotOwner: ({ modelId }) => [`Model ${modelId} has another owner.`],
  TitleBonds_InsufficientBond: ({ bond, asked }) => [
    `The title bond is ${money(bond)}; ${money(asked)} were asked for.`,
  ],
  TitleBonds_NotServing: ({ licenseId }) => [`License ${licenseId} serves nobody, so no title bond covers it.`],
  TitleBonds_Held: ({ licenseId }) => [
    `A blame is open on license ${licenseId}: it keeps its part of the title bond until that is decided.`,
  ],
  ClaimCourt_NotBlames: () => ['Only the contract that hears blames may do that.'],
  ClaimCourt_NotTheHits: ({ claimId }) => [`These are not the receipts of the hits of claim ${hex(claimId)}.`],
  ClaimCourt_NotBlamed: ({ claimId }) => [`No such blame of claim ${hex(claimId)} is open.`],
  Blames_NotTheHost: ({ account }) => [`Only ${hex(account)} and its signers may blame its editions.`],
  Blames_WrongState: ({ blameId }) => [`Blame ${blameId} is not in the right state for this.`, 'Look where it stands.'],
  Blames_StillHeard: ({ blameId }) => [`The committee of blame ${blameId} has not ended.`],
  Blames_TooEarly: ({ readyAt }) => [`That is possible from ${time(readyAt)}.`],
  Blames_TooLate: ({ endedAt }) => [`That was possible until ${time(endedAt)}.`],
  Names_InvalidName: ({ name }) => [`"${name}" is no name: 3 to 32 of a-z, 0-9 and single hyphens inside.`],
  Names_Taken: ({ holder }) => [`The name is held by ${hex(holder)}.`],
  Names_Reserved: (args) => [
    `The name is reserved for ${hex(args['reservedFor'])} until ${time(args['reservedUntil'])}.`,
  ],
  Names_AlreadyCommitted: () => ['This commitment to a name stands already.', 'Register the name.'],
  Names_UnknownCommitment: () => ['There is no such commitment to a name.', 'Commit to it from this account first.'],
  Names_TooEarly: () => ['The name was committed in this very block.', 'Wait one more block.'],
  Names_CommitmentExpired: () => ['The commitment to the name is too old.', 'Commit again.'],
  Names_DepositAboveGuard: ({ deposit, maxDeposit }) => [
    `The deposit is ${money(deposit)} now, more than the ${money(maxDeposit)} that you allow.`,
    'Read the deposit again.',
  ],
  Names_NotHolder: () => ['Somebody else holds this name.'],
  Names_NotModelOwner: ({ modelId }) => [`Model ${modelId} has another owner.`, 'Point the name to a model of yours.'],
  Names_Reported: ({ reports }) => [`The name stays where it is: ${reports} reports on it are open.`, 'Wait for them.'],
  Names_InvalidHolder: () => ['Nobody can hold a name under that address.'],
  LeakCourt_UnknownReport: ({ reportId }) => [`There is no report ${reportId}.`],
  LeakCourt_WrongState: ({ reportId }) => [
    `Report ${reportId} is not in the right state for this.`,
    'Look where it stands.',
  ],
  LeakCourt_InvalidEndpoint: ({ length }) => [
    `An endpoint of ${length} bytes cannot be reported: it is empty or too long.`,
  ],
  LeakCourt_UnknownModel: ({ modelId }) => [`There is no model ${modelId}.`],
  LeakCourt_NotOfModel: ({ licenseId, modelId }) => [`License ${licenseId} is none on model ${modelId}.`],
  LeakCourt_UnknownName: () => ['Nobody holds this name.'],
  LeakCourt_StillHeard: ({ reportId }) => [`The committee of report ${reportId} has not ended.`],
  LeakCourt_TooEarly: ({ readyAt }) => [`That is possible from ${time(readyAt)}.`],
  LeakCourt_TooLate: ({ endedAt }) => [`That was possible until ${time(endedAt)}.`],
  Committees_WrongState: ({ committeeId }) => [
    `Committee ${committeeId} is not in the right state for this.`,
    'Look where it stands.',
  ],
  Committees_NotOnCommittee: ({ committeeId, caller }) => [`${hex(caller)} sits not on committee ${committeeId}.`],
  Committees_AlreadyCommitted: ({ committeeId }) => [`You have voted on committee ${committeeId} already.`],
  Committees_TooEarly: ({ readyAt }) => [`That is possible from ${time(readyAt)}.`],
  Committees_TooLate: ({ endedAt }) => [`That was possible until ${time(endedAt)}.`],
  Committees_TooFewVotes: ({ committed, seats }) => [
    `${committed} of ${seats} seats have voted: too few to show votes.`,
    'Count: the committee is drawn again.',
  ],
  Committees_WrongOpening: () => ['This is not the vote that was committed.'],
  Committees_InvalidVote: ({ vote }) => [`${vote} is no vote of this committee.`],
  Credits_NothingOwed: ({ payee }) => [`Nothing is owed to ${hex(payee)} here.`],
  Appeals_FeeTooLow: () => ['The arbitrator asks for a higher fee.', 'Read the fee again.'],
  Appeals_RefundFailed: ({ appellant }) => [`${hex(appellant)} does not take back what the fee left over.`],
  VerifierRegistry_OnCommittee: () => ['Your stake stays while you sit on a committee.', 'Vote, and wait for its end.'],
  LicenseRegistry_UnknownLicense: ({ licenseId }) => [`There is no license ${licenseId}.`],
  LicenseRegistry_WrongKind: ({ licenseId }) => [`License ${licenseId} is of another kind.`],
  LicenseRegistry_WrongRelease: ({ licenseId, delivered }) => [
    `License ${licenseId} has another release: ${delivered} is delivered.`,
  ],
  LicenseRegistry_NothingToSuspend: ({ licenseId }) => [`Nothing speaks against license ${licenseId}.`],
  LicenseRegistry_NoPeriods: () => ['A renewal pays for at least one period.'],
  ModelRegistry_AlreadyCommitted: () => ['This code book is committed already.', 'Mint or release with it.'],
  ModelRegistry_UnknownCommitment: () => ['Your account has committed no such code book.', 'Commit it first.'],
  ModelRegistry_CodeBookUsed: () => ['A release carries this code book already.', 'Commit a new one.'],
  ModelRegistry_InvalidCodeBook: () => ['The code book is outside of what the registry takes.'],
  ModelRegistry_NoOffer: () => ['The model would offer no license at all.'],
  ModelRegistry_UnknownRelease: ({ modelId, release }) => [`Model ${modelId} has no release ${release}.`],
  ModelRegistry_DuplicateParent: ({ parentId }) => [`Model ${parentId} is named twice as a parent.`],
  ModelRegistry_ResaleAboveCap: ({ max }) => [`The share of resales is ${percent(max)} at most.`],
  ModelRegistry_NotResaleReceiver: () => ['Only its receiver hands on or lowers the share of resales.'],
  Blames_UnknownBlame: ({ blameId }) => [`There is no blame ${blameId}.`],
  Blames_NothingMarked: ({ blameId }) => [`Blame ${blameId} left no marks.`],
  Blames_NotDeliverer: ({ licenseId }) => [`Only the owner or agent of the model of license ${licenseId} may do this.`],
  Blames_InvalidDigest: () => ['A digest of zeros is that of no file.'],
  Blames_AlreadyRecorded: ({ licenseId, release }) => [
    `The file of license ${licenseId}, release ${release}, is recorded for good.`,
  ],
  TitleBonds_NotOver: ({ licenseId }) => [`License ${licenseId} is not over: it keeps its part of the title bond.`],
  Parameters_OutOfBounds: ({ value, min, max }) => [
    `The value ${value} is outside of what this chain allows (${min} to ${max}).`,
  ],
  ERC20InsufficientBalance: ({ balance, needed }) => [
    `The balance is ${money(balance)}; ${money(needed)} are needed.`,
    'Get dollars first.',
  ],
  ERC20InsufficientAllowance: ({ allowance, needed }) => [
    `Only ${money(allowance)} of ${money(needed)} are approved.`,
    'Approve the amount, then try again.',
  ],
};

/** Puts a custom error of the contracts into words; one that has none shows by its name and values. */
export function explainRevert(errorName: string, args: Args = {}): Explanation {
  const words = WORDS[errorName];
  if (!words) {
    const values = Object.entries(args)
      .map(([name, value]) => `${name} ${value}`)
      .join(', ');
    return { sentence: `The contract refused: ${errorName}${values ? ` (${values})` : ''}.`, code: errorName };
  }
  const [sentence, next] = words(args);
  return { sentence, code: errorName, ...(next ? { next } : {}) };
}
