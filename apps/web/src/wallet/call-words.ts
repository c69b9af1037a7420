/** What functions of the contracts do, for whoever reads a list of transactions. */
const WORDS: Record<string, string> = {
  accept: 'Accept terms',
  acceptWithPermit: 'Accept terms with bond',
  activate: 'Take up the edition',
  announceExit: 'Ask money back',
  appeal: 'Take the verdict to the arbitrator',
  appealMarks: 'Take the marks to the arbitrator',
  approve: 'Allow the contract to take dollars',
  bindSigner: 'Bind a signer',
  blame: 'Blame editions',
  bookExact: 'Book a payment',
  bookShortfall: 'Book what is missing',
  close: 'Close',
  decide: 'Apply the verdict',
  deployVault: 'Deploy the vault',
  depositBond: 'Post bond',
  distribute: 'Split what arrived',
  mint: 'Get dev dollars',
  payAncestor: 'Pay out a royalty',
  payHost: 'Pay out the host',
  payOwner: 'Pay out the owner',
  payProtocol: 'Pay out fee and inspection pool',
  post: 'Post title bond',
  stake: 'Stake',
  withdraw: 'Withdraw',
};

/** Title of a call by its function: one without words shows by its name. */
export const titleOf = (functionName: string): string => WORDS[functionName] ?? functionName;
