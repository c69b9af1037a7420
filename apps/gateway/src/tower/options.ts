import { address } from '@oml/protocol/wire/scalars';
import { baseUrl, listenVariables, path, privateKey, rpcUrl } from '@oml/service/options';
import { z } from 'zod';

/** What a watchtower reads from its environment; `.env.example` says what each is for. */
export const towerOptions = z.object({
  RPC_URL: rpcUrl,
  /** Path of the deployment's JSON. */
  OML_DEPLOYMENT: path,
  ...listenVariables,
  /** Its vouchers. One folder per tower, never shared. */
  DATA_DIR: path,
  /** Collects, and pays the gas of it; hosts name its address in their vaults. */
  TOWER_KEY: privateKey,
  /** Accounts of the hosts that it works for, separated by commas. */
  WATCHED_HOSTS: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(address).min(1).max(1_000)),
  /** Seconds after an answer within which its host should have collected: some of the 24 h that are allowed. */
  WATCH_AFTER: z.coerce.number().int().min(0).max(72_000).default(57_600),
  /** What it had to do is posted there, as JSON. */
  ALERT_WEBHOOK: baseUrl.optional(),
  /** Blocks after which a collection counts as final. */
  SETTLE_DEPTH: z.coerce.number().int().min(1).max(1_000).default(1),
});
export type TowerOptions = z.output<typeof towerOptions>;
