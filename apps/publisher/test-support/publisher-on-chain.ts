import { devDollarAbi } from '@oml/contracts/abis';
import { createLogger } from '@oml/service/logger';
import { startDevChain, type DevChain } from '@oml/service/test-support/dev-chain';
import { until } from '@oml/service/wait';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Abi, Address, Hex } from 'viem';
import { expect } from 'vitest';
import { signPublishRequest } from '@oml/protocol/signed/publish-request';
import { uploadPermissionTypedData } from '@oml/protocol/signed/upload-permission';
import { HEADERS } from '@oml/protocol/wire/headers';
import { permissionHeader } from '@oml/protocol/wire/upload';
import { publicationSchema, type Publication } from '@oml/protocol/wire/publication';
import type { PublishRequestJson } from '@oml/protocol/wire/publish-request';
import { readPublisherOptions } from '../src/options.ts';
import { createPublisher, type Publisher } from '../src/publisher.ts';
import type { Workshop } from '../src/workshop/workshop.ts';
import { AGENT, KEYS, OWNER } from './actors.ts';
import { classifierInput } from './digits.ts';

/** Hangs end by it; nothing else does, however slow the machine. */
export const PATIENCE_MS = 280_000;
export const PUBLIC_URL = 'http://127.0.0.1:4200';
export const SEED: Hex = `0x${'42'.repeat(32)}`;
export const TERMS = {
  floorPrice: '1000',
  minBond: '50000000',
  ownerShareBps: 5000,
  slashBps: 5000,
  uri: 'pay per use',
};

/** A publisher that tests talk to through its routes, on a real chain of one-second blocks with the real contracts. */
export interface PublisherOnChain {
  chain: DevChain;
  publisher: Publisher;
  /** Opens another publisher on the same store and files. */
  replica(): Promise<Publisher>;
  /** Stops the publisher and opens another one on what it left. */
  restart(): Promise<void>;
  /** By OWNER, unless said. */
  upload(bytes: Uint8Array<ArrayBuffer>, signer?: typeof OWNER): Promise<string>;
  /** The signed-to-be request for the project's own small classifier. */
  request(signer?: typeof OWNER): Promise<PublishRequestJson>;
  post(body: PublishRequestJson, signer?: typeof OWNER): Promise<Response>;
  /** Posts a request that is accepted. Returns the publication's id. */
  order(body: PublishRequestJson): Promise<string>;
  view(publicationId: string): Promise<Publication>;
  /** Waits for a publication that must not fail; the publisher has to be started. */
  ready(publicationId: string): Promise<Publication>;
  /** Publishes the small classifier, with these changes. Returns its id. */
  publish(changes?: Partial<PublishRequestJson>): Promise<bigint>;
  events(abi: Abi, address: Address, eventName: string): Promise<unknown[]>;
  stop(): Promise<void>;
}

const logger = createLogger('publisher-test');
logger.level = process.env['LOG_LEVEL'] ?? 'silent';

/**
 * On a chain and a store of its own, unless told of others. `workshop` does its jobs, `options` add to its environment.
 */
export interface OpenOptions {
  chain?: DevChain;
  store?: string | undefined;
  workshop?: Workshop | undefined;
  options?: Record<string, string>;
}

function openOn(chain: DevChain, { store, workshop, options = {} }: OpenOptions): Promise<Publisher> {
  const env = {
    RPC_URL: chain.rpcUrl,
    OML_DEPLOYMENT: chain.deploymentPath,
    PORT: '0',
    DATA_DIR: join(chain.scratch, 'publisher'),
    OWNER_SECRET: SEED,
    AGENT_KEY: KEYS.AGENT,
    PUBLIC_URL,
    OWNERS: OWNER.address,
    ...(store === undefined ? {} : { STORE: store }),
    ...options,
  };
  return createPublisher(readPublisherOptions(env), chain.deployment, logger, workshop);
}

/** Starts a chain and opens a publisher on it, whose background loops stand still until `publisher.start()`. */
export async function startPublisherOnChain({
  chain: given,
  store,
  workshop,
  options = {},
}: OpenOptions = {}): Promise<PublisherOnChain> {
  const chain = given ?? (await startDevChain({ secondsPerBlock: 1 }));
  const { chainId, contracts } = chain.deployment;
  // For the fees of code books.
  await chain
    .as(KEYS.OUTSIDER)
    .send({ address: contracts.token, abi: devDollarAbi, functionName: 'mint', args: [AGENT.address, 1_000_000n] });
  const ask = (path: string, init?: RequestInit) => Promise.resolve(on.publisher.app.request(path, init));

  const on: PublisherOnChain = {
    chain,
    publisher: await openOn(chain, { store, workshop, options }),
    replica: () => openOn(chain, { store, options }),
    async restart() {
      await on.publisher.stop();
      on.publisher = await openOn(chain, { store, options });
    },
    async upload(bytes, signer = OWNER) {
      const uploadId = createHash('sha256').update(bytes).digest('hex');
      const expiresAt = Math.floor(Date.now() / 1000) + 3_600;
      const publisher = options['PUBLIC_URL'] ?? PUBLIC_URL;
      const permission = { signer: signer.address, publisher, files: [{ uploadId, bytes: bytes.length }], expiresAt };
      const registry = { chainId, modelRegistry: contracts.modelRegistry };
      const signature = await signer.signTypedData(uploadPermissionTypedData(permission, registry));
      const headers = { [HEADERS.uploadPermission]: permissionHeader(permission), [HEADERS.signature]: signature };
      const answer = await ask(`/uploads/${uploadId}`, { method: 'PUT', headers, body: bytes });
      expect(answer.status).toBe(201);
      return uploadId;
    },
    async request(signer = OWNER) {
      const { samples: _, ...parts } = classifierInput;
      const files: Record<string, string> = {};
      for (const [name, bytes] of Object.entries(parts)) files[name] = await on.upload(bytes, signer);
      return {
        name: 'digits',
        kind: 'classifier',
        files: files as PublishRequestJson['files'],
        panel: [files['model']!],
        fingerprints: { commonCount: 12, tracingCount: 6, bits: 3 },
        terms: TERMS,
        owner: signer.address,
      };
    },
    async post(body, signer = OWNER) {
      const signature = await signPublishRequest(body, signer, { chainId, modelRegistry: contracts.modelRegistry });
      return ask('/publications', {
        method: 'POST',
        headers: { 'oml-signature': signature },
        body: JSON.stringify(body),
      });
    },
    async order(body) {
      const answer = await on.post(body);
      expect(answer.status).toBe(202);
      return ((await answer.json()) as { publicationId: string }).publicationId;
    },
    view: async (publicationId) => publicationSchema.parse(await (await ask(`/publications/${publicationId}`)).json()),
    ready: (publicationId) =>
      until(
        'the publication',
        async () => {
          const view = await on.view(publicationId);
          expect(view.error).toBeUndefined();
          return view.state === 'ready' ? view : undefined;
        },
        { timeoutMs: PATIENCE_MS },
      ),
    async publish(changes = {}) {
      on.publisher.start();
      return BigInt((await on.ready(await on.order({ ...(await on.request()), ...changes }))).modelId!);
    },
    events: (abi, address, eventName) =>
      chain.as(KEYS.OUTSIDER).publicClient.getContractEvents({ address, abi, eventName, fromBlock: 0n }),
    async stop() {
      await on.publisher.stop();
      if (!given) await chain.stop();
    },
  };
  return on;
}
