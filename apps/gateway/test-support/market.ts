import { requestNonce } from '@oml/protocol/evidence/nonce';
import { join } from 'node:path';
import type { Hex } from 'viem';
import { BUYER } from './chain-fixture.ts';
import { gatewayEnv, MODELS, publishModel, startGateway, takeLicense, type RunningGateway } from './host-fixture.ts';
import { completionAt, openScene, type Scene } from './scene.ts';
import type { PostedCall } from './x402-fixture.ts';

/** A gateway that serves fable-mini, which completes, and digits, which classifies. */
export interface Market extends Scene {
  gateway: RunningGateway;
  completion(body?: Record<string, unknown>, headers?: Record<string, string>): PostedCall;
  stop(): Promise<void>;
}

export async function openMarket(): Promise<Market> {
  const scene = await openScene();
  const { chain, listing } = scene;
  const { licenseId } = await takeLicense(chain, await publishModel(chain, 'digits'));
  const digits = {
    model: 'digits',
    kind: 'classifier' as const,
    licenseId,
    price: 1_000n,
    folder: join(MODELS, 'digits'),
  };
  const gateway = await startGateway(gatewayEnv(chain, [listing, digits]));
  const stop = async () => {
    await gateway.stop();
    await chain.stop();
  };
  return { ...scene, gateway, stop, completion: (body, headers) => completionAt(gateway.url, body, headers) };
}

/** The nonce that BUYER names for a salt. */
export const nonceOf = (salt: number): Hex => requestNonce(BUYER.address, `0x${salt.toString(16).padStart(64, '0')}`);
