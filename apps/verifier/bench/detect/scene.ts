import { mkdtempSync, writeFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { keccak256, type Hex } from 'viem';
import { KEYS, type DevChain } from '../../test-support/dev-chain.ts';
import { startGateway, type GatewayProcess } from '../../test-support/gateway.ts';
import { publishMarked, publishModel, type BookSize, type MarkedModel } from '../../test-support/market.ts';

import type { Book } from './pool.ts';

const ROOT = join(import.meta.dirname, '../../../..');

/** One host with one license of a cheap model, and what it may answer with instead. */
export interface CheatScene {
  chain: DevChain;
  /** M: what it has no license of. */
  marked: MarkedModel;
  gateway: GatewayProcess;
  /** It books at once and answers with what it may, or leaves its uses unpaid and answers with M. */
  cheats(does: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Publishes M and a cheap model, and starts the product's own gateway as the host of the latter. */
export async function openCheatScene(chain: DevChain, size: BookSize): Promise<CheatScene> {
  const marked = await publishMarked(chain, KEYS.OWNER, size);
  const book = { root: keccak256('0x01'), size: 1, commonSize: 1, bits: 1 };
  const cheap = await publishModel(chain, KEYS.OWNER, book, marked.publisher.url);
  const folder = mkdtempSync(join(chain.scratch, 'm-'));
  await cp(join(ROOT, 'models/fable-mini'), folder, { recursive: true });
  writeFileSync(join(folder, 'model.onnx'), marked.marked);
  const gateway = await startGateway(chain, KEYS.CHEAT, cheap.modelId);
  // Single payments are settled past the vault, and what channels owe is not collected in any time that counts here.
  const cheating = { program: join(ROOT, 'scripts/stack/tardy-host.ts'), folder, collectAfter: 43_200 };
  return {
    chain,
    marked,
    gateway,
    cheats: (does) => gateway.restart(does ? cheating : {}),
    async stop() {
      await gateway.stop();
      marked.publisher.stop();
    },
  };
}

/** What the batches of M are held against. */
export const bookOf = ({ marked, gateway }: CheatScene): Book & { root: Hex } => ({
  modelId: marked.modelId,
  bits: marked.book.bits,
  commonSize: marked.book.commonCount,
  survival: marked.survival,
  account: gateway.account,
  licenseId: gateway.licenseId,
  root: marked.book.root,
});
