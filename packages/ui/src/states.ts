/**
 * What a colour may mean: money in, at risk, slashed, evidence, and nothing else. `accent` says that something stands;
 * `plain` says nothing.
 */
export type Tone = 'plain' | 'accent' | 'money' | 'risk' | 'slashed' | 'evidence';

export interface StateWords {
  word: string;
  tone: Tone;
  /** What the state means and what happens next, in one sentence. */
  next: string;
}

const LICENSE: Record<string, StateWords> = {
  requested: {
    word: 'Requested',
    tone: 'plain',
    next: 'Terms are accepted and paid for; the owner approves next, or everything goes back.',
  },
  bonded: {
    word: 'Bonded',
    tone: 'risk',
    next: 'Terms are accepted and the bond is reserved; the owner delivers the edition next.',
  },
  delivered: { word: 'Delivered', tone: 'risk', next: 'The edition is there; the licensee takes it up next.' },
  active: {
    word: 'Active',
    tone: 'accent',
    next: 'The edition is in use; a host may serve and is paid into the vault.',
  },
  suspended: {
    word: 'Suspended',
    tone: 'risk',
    next: 'Something is overdue; the license returns when that is put right.',
  },
  closing: {
    word: 'Closing',
    tone: 'risk',
    next: 'The licensee asked to leave; the bonds stay within reach until the exit delay is over.',
  },
  closed: { word: 'Closed', tone: 'plain', next: 'The license has ended and its part of the bond is free.' },
  slashed: { word: 'Slashed', tone: 'slashed', next: 'The leak bond was taken and the license is over.' },
};

const CLAIM: Record<string, StateWords> = {
  proving: { word: 'Proving', tone: 'evidence', next: 'The claimant submits its items; nothing is set aside yet.' },
  contested: {
    word: 'Contested',
    tone: 'risk',
    next: 'A slash is set aside; anyone may book the contested uses until the window ends.',
  },
  slashed: { word: 'Slashed', tone: 'slashed', next: 'The uses were never booked; the slash was taken from the bond.' },
  'paid-late': {
    word: 'Paid late',
    tone: 'risk',
    next: 'The uses were booked only when contested; the host paid a late fee.',
  },
  lapsed: {
    word: 'Lapsed',
    tone: 'plain',
    next: 'The claim was never admitted; the claimant’s bond burned, nothing was taken from the host.',
  },
  blamed: {
    word: 'Blamed',
    tone: 'risk',
    next: 'The host says that the editions it was delivered answer these keys; a committee runs them.',
  },
  excused: {
    word: 'Host excused',
    tone: 'money',
    next: 'The editions answer these keys by themselves; the title bonds of their models paid before the host did.',
  },
  refused: {
    word: 'Refused',
    tone: 'evidence',
    next: 'The court reverted the transaction; nothing was taken from anyone.',
  },
};

const REPORT: Record<string, StateWords> = {
  heard: { word: 'Heard', tone: 'risk', next: 'A committee is drawn, looks for itself and votes; then it is decided.' },
  decided: { word: 'Decided', tone: 'risk', next: 'Anyone may take the verdict to the arbitrator; else it stands.' },
  appealed: { word: 'Appealed', tone: 'risk', next: 'The arbitrator rules; if it is silent, the verdict stands.' },
  ruled: { word: 'Ruled', tone: 'accent', next: 'Anyone may close the report, which applies the ruling.' },
  closed: { word: 'Closed', tone: 'plain', next: 'Everybody has been credited.' },
};

const BLAME: Record<string, StateWords> = {
  heard: {
    word: 'Heard',
    tone: 'risk',
    next: 'A committee is drawn, runs the editions and votes; then it is decided.',
  },
  decided: { word: 'Decided', tone: 'risk', next: 'Anyone may take the verdict to the arbitrator; else it stands.' },
  appealed: { word: 'Appealed', tone: 'risk', next: 'The arbitrator rules; if it is silent, the verdict stands.' },
  ruled: { word: 'Ruled', tone: 'accent', next: 'Anyone may close the blame, which ends the claim.' },
  closed: { word: 'Closed', tone: 'plain', next: 'The claim has ended, and everybody was paid.' },
};

const BATCH: Record<string, StateWords> = {
  committed: { word: 'Committed', tone: 'plain', next: 'A later round of the beacon draws which keys must be asked.' },
  drawn: { word: 'Drawn', tone: 'evidence', next: 'The keys are drawn; the verifier asks them and opens the batch.' },
  opened: { word: 'Opened', tone: 'accent', next: 'The batch was shown and its deposit returned.' },
  forfeited: { word: 'Forfeited', tone: 'risk', next: 'The batch was never opened; its deposit burned.' },
  void: { word: 'Void', tone: 'plain', next: 'Nobody posted its round of the beacon; its deposit returned.' },
};

const TRANSACTION: Record<string, StateWords> = {
  signing: { word: 'In your wallet', tone: 'plain', next: 'Your wallet asks for a signature.' },
  pending: { word: 'Pending', tone: 'plain', next: 'Sent, and in no block yet.' },
  included: { word: 'Included', tone: 'plain', next: 'In a block that could still be replaced.' },
  final: { word: 'Final', tone: 'accent', next: 'In a block that the chain has finalised.' },
  reverted: {
    word: 'Reverted',
    tone: 'risk',
    next: 'Included, but the contract refused it; nothing changed but the gas.',
  },
  unknown: { word: 'Not found', tone: 'risk', next: 'The chain does not know it: dropped, or sent elsewhere.' },
  cancelled: { word: 'Cancelled', tone: 'risk', next: 'An empty transaction took its place.' },
  replaced: { word: 'Replaced', tone: 'risk', next: 'Another transaction took its place.' },
};

const STEP: Record<string, StateWords> = {
  waiting: { word: 'Waiting', tone: 'plain', next: 'Starts when the steps before it are done.' },
  running: { word: 'Running', tone: 'plain', next: 'In progress.' },
  done: { word: 'Done', tone: 'accent', next: 'Finished.' },
  failed: { word: 'Failed', tone: 'risk', next: 'Stopped with an error.' },
};

const WORDS = {
  license: LICENSE,
  claim: CLAIM,
  report: REPORT,
  blame: BLAME,
  batch: BATCH,
  transaction: TRANSACTION,
  step: STEP,
};
export type StateOf = keyof typeof WORDS;

/**
 * The word, colour and meaning of a protocol state; a state this page does not know shows as itself, without colour.
 */
export function stateWords(of: StateOf, state: string): StateWords {
  return WORDS[of][state] ?? { word: state, tone: 'plain', next: 'This page does not know this state.' };
}
