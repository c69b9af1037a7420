import { blamesAbi, licenseRegistryAbi } from '@oml/contracts/abis';
import { weightsDigest } from '@oml/onnx/digest';
import { readModel } from '@oml/onnx/model-file';
import { editionSealInfo } from '@oml/protocol/wire/edition-container';
import { seal } from '@oml/service/seal';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Hex } from 'viem';
import { KEYS, type TestChain } from './chain-fixture.ts';
import { MODELS } from './host-fixture.ts';

const NAMES = ['model.onnx', 'tokenizer.json', 'tokenizer_config.json', 'config.json'] as const;
export type Files = Record<string, Buffer>;

/** The files of fable-mini as they are published. */
export const honestFiles = (): Files =>
  Object.fromEntries(NAMES.map((name) => [name, readFileSync(join(MODELS, 'fable-mini', name))]));

/** An edition before it is sealed. */
export const packed = (files: Files): Uint8Array =>
  gzipSync(
    JSON.stringify({
      files: Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, bytes.toString('base64')])),
    }),
  );

/** OWNER's publisher: hands out editions, and cards where there are some. */
export interface TestPublisher {
  url: string;
  /** Names of models, by their id. */
  cards: Map<bigint, string>;
  /** Seals an edition to the key on chain, hands it out, records its root. */
  deliver(licenseId: bigint, files?: Files): Promise<void>;
  /** Says on chain what the unsealed file is, once. */
  recordFile(licenseId: bigint, fileDigest: Hex): Promise<void>;
  stop(): void;
}

export async function openPublisher(chain: TestChain): Promise<TestPublisher> {
  const editions = new Map<string, Uint8Array>();
  const cards = new Map<bigint, string>();
  const server = createServer((request, response) => {
    const [, room, id] = (request.url ?? '').split('/');
    const name = room === 'models' ? cards.get(BigInt(id!)) : undefined;
    const body = name ? JSON.stringify({ modelId: id, name }) : editions.get(request.url ?? '');
    response.writeHead(body ? 200 : 404, { 'content-type': 'application/octet-stream' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cards,
    async deliver(licenseId, files = honestFiles()) {
      const { send, publicClient, deployment } = chain.as(KEYS.OWNER);
      const registry = { address: deployment.contracts.licenseRegistry, abi: licenseRegistryAbi } as const;
      const accepted = await publicClient.getContractEvents({
        ...registry,
        eventName: 'LicenseAccepted',
        args: { licenseId },
        fromBlock: 0n,
        strict: true,
      });
      const sealed = await seal(accepted[0]!.args.encryptionKey, packed(files), editionSealInfo(licenseId));
      editions.set(`/editions/${licenseId}`, sealed);
      const root = await weightsDigest(readModel(new Uint8Array(honestFiles()['model.onnx']!)));
      await send({ ...registry, functionName: 'deliver', args: [licenseId, 1, root] }).catch(() => {});
    },
    async recordFile(licenseId, fileDigest) {
      const { send, deployment } = chain.as(KEYS.OWNER);
      const { blames } = deployment.contracts;
      await send({ address: blames, abi: blamesAbi, functionName: 'recordEdition', args: [licenseId, 1, fileDigest] });
    },
    stop: () => void server.close(),
  };
}
