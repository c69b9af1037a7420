import { createSender, type Sender } from '@oml/program/sender';
import type { Chain } from '@oml/service/chain';
import { revertError } from '@oml/service/revert';
import type { Hex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

/** The one key that settles, which books, and distributes. */
export type GasAccount = Sender;

export const createGasAccount = ({ publicClient }: Pick<Chain, 'publicClient'>, key: Hex): GasAccount =>
  createSender({ publicClient, account: privateKeyToAccount(key), explain: revertError });
