import type { Address, Hex } from '#kit/hex.ts';

/** A license as lists name it. */
export interface LicenseOf {
  licenseId: bigint;
  modelId: bigint;
  account: Address;
  vault: Address;
}

export interface ClaimHeld {
  claimId: Hex;
  claimant: Address;
  account: Address;
  offence: 'unpaid-use' | 'equivocation' | 'disguised-use';
  state: string;
  reserved: bigint;
  answerBy?: Date;
  curedAt?: Date;
  revealTx?: Hex;
}

export interface NameHeld {
  nameId: Hex;
  text: string;
  holder?: Address;
  deposit: bigint;
  modelId: bigint;
}

/** What the index knows that one account has and owes; what each of it is worth now, the chain says. */
export interface Holdings {
  models: { modelId: bigint; name?: string }[];
  /** On these models, by anybody. */
  licensees: LicenseOf[];
  /** On models that were built on these: their vaults hold royalties. */
  heirs: LicenseOf[];
  /** Of the account itself. */
  licenses: LicenseOf[];
  signers: { signer: Address; revokedAt?: Date }[];
  claims: ClaimHeld[];
  names: NameHeld[];
}

const BIG = /^(modelId|licenseId|reserved|deposit)$/;
const TIME = /^(answerBy|curedAt|revokedAt)$/;

/** As the route sends them. */
export const holdingsToText = (holdings: Holdings): string =>
  JSON.stringify(holdings, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));

/** As pages read them. */
export const holdingsOfText = (text: string): Holdings =>
  JSON.parse(text, (key, value: unknown) => {
    if (typeof value !== 'string') return value;
    if (BIG.test(key)) return BigInt(value);
    return TIME.test(key) ? new Date(value) : value;
  }) as Holdings;
