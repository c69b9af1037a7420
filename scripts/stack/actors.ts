import { keccak256, stringToBytes, type Hex } from 'viem';
import { mnemonicToAccount, type HDAccount } from 'viem/accounts';
import { bytesToHex } from 'viem';

/** The mnemonic every EVM dev chain knows. Its keys are public: never use one where money is real. */
const DEV_MNEMONIC = 'test test test test test test test test test test test junk';

const roles = [
  'deployer',
  'owner',
  'publisher',
  'honestHost',
  'tardyHost',
  'cheatingHost',
  'honestGas',
  'tardyGas',
  'cheatingGas',
  'verifier',
  'buyer',
  'browserBuyer',
  'outsider',
  'childOwner',
  'childPublisher',
  'planter',
  'baitedHost',
  'baitedGas',
  'baitedSigner',
  'defiantHost',
  'defiantGas',
  'drainedHost',
  'drainedGas',
  'drainer',
  'firstJuror',
  'secondJuror',
  'sessionBuyer',
] as const;
export type Role = (typeof roles)[number];

export interface Actor {
  account: HDAccount;
  address: HDAccount['address'];
  key: Hex;
}

/** Named dev accounts, each with gas on a fresh dev chain. */
export const actors = Object.fromEntries(
  roles.map((role, addressIndex) => {
    const account = mnemonicToAccount(DEV_MNEMONIC, { addressIndex });
    const key = bytesToHex(account.getHdKey().privateKey!);
    return [role, { account, address: account.address, key } satisfies Actor];
  }),
) as Record<Role, Actor>;

/** A dev secret for one purpose, the same at every start; public like the mnemonic it comes from. */
export const devSecret = (purpose: string): Hex => keccak256(stringToBytes(`oml dev chain only: ${purpose}`));
