/** The protocol's words, each in one sentence: what a reader sees on hover. */
export const MEANINGS = {
  model: 'What an owner publishes: a token with weights digest, code book root and terms.',
  fingerprint: 'A secret question and answer that the weights carry; the unit of evidence.',
  'code book': 'All fingerprints of a model, committed on chain before a later block picks the answers.',
  edition: 'The copy made for one host, with its own subset of fingerprints, so that a leak names its source.',
  license: 'The right of one host to serve one model.',
  bond: 'The host’s collateral; it stays slashable for a while after exit.',
  vault: 'The address that buyers pay; money in it can only leave split among those entitled.',
  booked: 'Written in the vault’s own ledger: the only meaning of “paid”.',
  receipt: 'The host’s signature over one answer: who asked, what was asked, what was answered, which payment.',
  probe: 'A fingerprint question sent as an ordinary request.',
  claim: 'An accusation on chain, with receipts, that a host used a model without paying.',
  slash: 'The part of a bond that is taken when a claim is not answered.',
  covered: 'The bond, less what is announced to leave, reaches what the host’s licenses reserve; else nobody pays it.',
  'late fee': 'What a host pays that booked a use only when it was contested.',
  stake: 'A verifier’s deposit; only staked verifiers may commit batches.',
  batch: 'A verifier’s committed list of questions; a later block draws the keys.',
  'inspection pool': 'Money set aside by every vault to repay opened batches.',
  beacon: 'The hash of a later block: nobody could know it when the commitment was made.',
  signer: 'The key with which a host signs receipts, bound to one account forever.',
  anchored: 'A Merkle root over receipts written on chain, so that their age can be proven.',
  'floor price': 'The least amount of one booked use.',
  'unpaid use': 'The receipt names a license and is not booked in its vault.',
  equivocation: 'Two receipts of one host charge the same money for different uses.',
  'disguised use': 'The receipts name another license, or none, yet the answers are this model’s fingerprints.',
} as const;

export type TermOfArt = keyof typeof MEANINGS;
