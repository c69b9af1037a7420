/**
 * Parameters of a deployment (src/interfaces/IParameters.sol says what each means): amounts in the token's smallest
 * unit, seconds, basis points.
 */
const DAY = 86_400;
const DOLLAR = 1_000_000n;

/** The dev chain: durations in seconds, so that a story fits into minutes. Real chains refuse them (Parameters.sol). */
export const DEV_RULES = {
  anchorWindow: 3_600,
  anchorLead: 120,
  revocationDelay: 5,
  exitDelay: 120,
  exitWindow: 120,
  startSlack: 60,
  inactiveGrace: 60,
  claimMinAge: 12,
  claimMaxAge: 14 * DAY,
  answerWindow: 15,
  proveWindow: 600,
  potWindow: 30,
  repeatWindow: 600,
  batchOpenWindow: 600,
  unstakeDelay: 60,
  minWithdrawDelay: 2 * DAY,
  minGrace: 30,
  voteWindow: 20,
  revealWindow: 15,
  appealWindow: 20,
  rulingWindow: 60,
  freezePeriod: 60,
  revealMinBlocks: 1,
  revealMaxBlocks: 300,
  evidenceThreshold: 40,
  committeeSize: 3,
  leastJurors: 1,
};

export const DEV_RATES = {
  protocolFeeBps: 250,
  poolBps: 250,
  maxSlashBps: 5_000,
  claimBond: DOLLAR,
  claimCost: DOLLAR / 2n,
  lateFactor: 100,
  claimantShareBps: 2_000,
  ownerShareBps: 2_000,
  minAccountBond: 50n * DOLLAR,
  minStake: 20n * DOLLAR,
  batchDeposit: DOLLAR,
  poolCap: DOLLAR / 4n,
  reportBond: 10n * DOLLAR,
  jurorFee: DOLLAR,
  costCap: 6n * DOLLAR,
  nameDeposit: 20n * DOLLAR,
  minTitleBond: 20n * DOLLAR,
  jurorPenaltyBps: 5_000,
  codeBookFee: DOLLAR / 100n,
};

/** Every other chain: the durations of the protocol. */
export const LIVE_RULES = {
  anchorWindow: 3_600,
  anchorLead: 120,
  revocationDelay: 3_600,
  exitDelay: 21 * DAY,
  exitWindow: 7 * DAY,
  startSlack: 3_600,
  inactiveGrace: DAY,
  claimMinAge: 25 * 3_600,
  claimMaxAge: 14 * DAY,
  answerWindow: 3 * DAY,
  proveWindow: 7 * DAY,
  potWindow: 7 * DAY,
  repeatWindow: 90 * DAY,
  batchOpenWindow: 14 * DAY,
  unstakeDelay: 7 * DAY,
  minWithdrawDelay: 2 * DAY,
  minGrace: 14 * DAY,
  voteWindow: 4 * DAY,
  revealWindow: 2 * DAY,
  appealWindow: 4 * DAY,
  rulingWindow: 90 * DAY,
  freezePeriod: 14 * DAY,
  revealMinBlocks: 1,
  revealMaxBlocks: 300,
  evidenceThreshold: 40,
  committeeSize: 7,
  leastJurors: 5,
};

/** Rates of every other chain that do not hang on what gas costs there. */
const LIVE_SHARES = {
  protocolFeeBps: 250,
  poolBps: 250,
  maxSlashBps: 5_000,
  lateFactor: 100,
  claimantShareBps: 2_000,
  ownerShareBps: 2_000,
  jurorPenaltyBps: 5_000,
};

/**
 * Deploy profiles: the two columns of the protocol's economics. Where gas is cheap (about 0.01 gwei), small bonds are
 * worth a claim; where it is dear (about 10 gwei), they are not.
 */
export const PROFILES = {
  l2: {
    ...LIVE_SHARES,
    claimBond: DOLLAR,
    claimCost: DOLLAR / 10n,
    minAccountBond: 50n * DOLLAR,
    minStake: 20n * DOLLAR,
    batchDeposit: DOLLAR / 2n,
    poolCap: DOLLAR / 10n,
    reportBond: 5n * DOLLAR,
    jurorFee: DOLLAR / 2n,
    costCap: 10n * DOLLAR,
    nameDeposit: 20n * DOLLAR,
    minTitleBond: 50n * DOLLAR,
    codeBookFee: DOLLAR,
  },
  mainnet: {
    ...LIVE_SHARES,
    claimBond: 60n * DOLLAR,
    claimCost: 20n * DOLLAR,
    minAccountBond: 2_000n * DOLLAR,
    minStake: 500n * DOLLAR,
    batchDeposit: 20n * DOLLAR,
    poolCap: 15n * DOLLAR,
    reportBond: 250n * DOLLAR,
    jurorFee: 25n * DOLLAR,
    costCap: 500n * DOLLAR,
    nameDeposit: 100n * DOLLAR,
    minTitleBond: 2_000n * DOLLAR,
    codeBookFee: 5n * DOLLAR,
  },
} satisfies Record<string, Record<keyof typeof DEV_RATES, number | bigint>>;

export type Profile = keyof typeof PROFILES;
