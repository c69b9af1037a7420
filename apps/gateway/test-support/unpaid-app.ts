import { OmlError, type OmlErrorCode } from '@oml/protocol/error';
import { createLogger } from '@oml/service/logger';
import type { ServiceApp } from '@oml/service/app';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getAddress, zeroAddress, zeroHash } from 'viem';
import { openEdition, type ServedModel } from '../src/answer/models.ts';
import { createQueue, type EnterQueue, type QueueBounds } from '../src/answer/queue.ts';
import { createServeCall } from '../src/answer/serve.ts';
import type { SentVoucher } from '../src/channel/header.ts';
import type { Admitted } from '../src/payment/admission.ts';
import type { Admit } from '../src/payment/admit.ts';
import type { InHand } from '../src/payment/in-hand.ts';
import type { ReadSent } from '../src/payment/sent.ts';
import { createGatewayApp } from '../src/app.ts';
import { writeChatModel } from './chat-model.ts';
import { MODELS } from './host-fixture.ts';

export interface UnpaidApp extends ServiceApp {
  /** How many requests got as far as to be asked for payment. */
  asked(): number;
  /** The line that calls stand in; here a PAYMENT-SIGNATURE is the payer's bare address. */
  enterQueue: EnterQueue;
  /** What the till says from now on. */
  refuseWith(code: OmlErrorCode): void;
  /** From now on a deposit waits for that, and is taken then; a PAYMENT-SIGNATURE of one begins so: `deposit `. */
  settleDepositsAfter(block: Promise<void>, onRelease: () => void): void;
  stop(): Promise<void>;
}

/**
 * The routes of a gateway with real models, whose till refuses everybody: what gets there was fit to be answered, and
 * nothing behind it can run. No chain.
 */
export async function openUnpaidApp(bounds: Partial<QueueBounds> = {}): Promise<UnpaidApp> {
  const scratch = mkdtempSync(join(tmpdir(), 'oml-unpaid-'));
  const logger = createLogger('gateway');
  logger.level = 'silent';
  const about = { licenseId: 1n, modelId: 1n, price: 1_500n, priceVersion: zeroHash, vault: zeroAddress };
  const open = async (model: string, kind: ServedModel['kind'], folder: string): Promise<ServedModel> => ({
    ...about,
    model,
    kind,
    ...(await openEdition(folder, kind, { logger })),
  });
  const models = [
    await open('fable-mini', 'language', join(MODELS, 'fable-mini')),
    await open('chatty', 'language', writeChatModel(join(scratch, 'chatty'))),
    await open('digits', 'classifier', join(MODELS, 'digits')),
  ];
  let asked = 0;
  let code: OmlErrorCode = 'PAYMENT_REQUIRED';
  let taken: Promise<Admitted> | undefined;
  const admit: Admit = async (sent) => {
    asked++;
    if (sent?.kind === 'channel' && taken) return taken;
    return { refusal: new OmlError(code), headers: { 'PAYMENT-REQUIRED': 'terms' } };
  };
  const readSent: ReadSent = async (header) => {
    if (header === undefined) return undefined;
    const sent = { payload: undefined, payer: getAddress(header.replace('deposit ', '')) };
    return header.startsWith('deposit ')
      ? { ...sent, kind: 'channel', voucher: { content: { type: 'deposit' } } as SentVoucher }
      : { ...sent, kind: 'unreadable', refusal: { no: 'not-base64' } };
  };
  const enterQueue = createQueue(bounds);
  const serveCall = createServeCall({ admit, enterQueue, signing: {} as never, logger });
  const nothing = async (): Promise<never> => {
    throw new OmlError('NOT_FOUND');
  };
  const showChannel = async (_: unknown, __: unknown, signature?: string): Promise<never> => {
    throw new OmlError(signature ? 'NOT_FOUND' : 'SIGNATURE_INVALID');
  };
  const showBlame = { hits: nothing, edition: nothing };
  const at = { chainId: 31_337, account: zeroAddress, signer: zeroAddress, token: zeroAddress };
  return {
    ...createGatewayApp({ ...at, models, serveCall, readSent, serveRefund: nothing, showBlame, showChannel, logger }),
    asked: () => asked,
    enterQueue,
    refuseWith: (next) => void (code = next),
    settleDepositsAfter: (block, release) =>
      void (taken = block.then(() => ({ payment: { isTaken: false } as InHand, headersOf: () => ({}), release }))),
    stop: async () => {
      await Promise.all(models.map(({ engine }) => engine.dispose()));
      rmSync(scratch, { recursive: true });
    },
  };
}
