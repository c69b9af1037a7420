import { execFile, execFileSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KEYS } from '../../test-support/chain-fixture.ts';
import { openMarket, type Market } from '../../test-support/market.ts';
import { PRICE } from '../../test-support/scene.ts';

const ROOT = join(import.meta.dirname, '../../../..');
let market: Market;
/** An empty folder into which the package was installed, with what it says it needs and nothing else. */
let app: string;
const installed = () => join(app, 'node_modules/@oml/sdk');

beforeAll(async () => {
  app = mkdtempSync(join(tmpdir(), 'oml-app-'));
  const pack = ['scripts/pack/pack-sdk.ts', '--out', app];
  const tarball = execFileSync(process.execPath, pack, { cwd: ROOT, encoding: 'utf8' }).trim();
  mkdirSync(installed(), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', installed(), '--strip-components=1']);
  for (const name of [...Object.keys(manifest().dependencies), '@types/node']) {
    const target = join(app, 'node_modules', name);
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), target);
  }
  writeFileSync(join(app, 'package.json'), '{"type":"module"}');
  market = await openMarket();
});
afterAll(async () => {
  await market?.stop();
  rmSync(app, { recursive: true, force: true });
});

const manifest = () =>
  JSON.parse(readFileSync(join(installed(), 'package.json'), 'utf8')) as { dependencies: Record<string, string> };

/** The first program of its README. */
function program(): string {
  const readme = readFileSync(join(installed(), 'README.md'), 'utf8');
  return /```ts\n(.*?)```/s.exec(readme)![1]!;
}

describe('the package that a buyer installs', () => {
  it('is JavaScript and types, and needs no engine and nothing of ours beside it', () => {
    expect(Object.keys(manifest().dependencies)).toEqual([
      '@openzeppelin/merkle-tree',
      '@x402/core',
      '@x402/evm',
      'canonicalize',
      'ipaddr.js',
      'viem',
      'zod',
    ]);
    const files = globSync('**/*', { cwd: installed(), withFileTypes: true }).filter((file) => file.isFile());
    expect(files.filter(({ name }) => /(?<!\.d)\.ts$/.test(name) || name.includes('.test.'))).toEqual([]);
    for (const { name, parentPath } of files.filter((file) => /\.(?:js|d\.ts)$/.test(file.name)))
      expect(readFileSync(join(parentPath, name), 'utf8'), name).not.toMatch(/(?:from|import\() ?['"]@oml\//);
  });

  it('runs the program of its README against a real host', async () => {
    writeFileSync(join(app, 'readme.ts'), program());
    const { chain, gateway } = market;
    const env = {
      PATH: process.env['PATH'],
      HOST_URL: gateway.url,
      RPC_URL: chain.rpcUrl,
      OML_DEPLOYMENT: chain.deploymentPath,
      BUYER_KEY: KEYS.BUYER,
      MODEL: 'fable-mini',
    };
    let said = '';
    const cost = await market.costOf(async () => {
      said = await new Promise<string>((resolve, reject) =>
        execFile(process.execPath, ['readme.ts'], { cwd: app, env }, (error, out, err) =>
          error ? reject(new Error(err)) : resolve(out),
        ),
      );
    });
    expect(cost).toBe(PRICE);
    expect(said).toMatch(/\b1500n 0x[0-9a-f]{64} 0x[0-9a-f]{64}\n$/);
  });

  it('has types that a strict program with accounts and clients of viem passes without a cast', () => {
    writeFileSync(
      join(app, 'wallet.ts'),
      `import { createBuyer } from '@oml/sdk/buyer';
import { walletAccount } from '@oml/sdk/wallet-account';
import type { Deployment } from '@oml/sdk/protocol/chain/deployment';
import { createPublicClient, createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
export function both(deployment: Deployment, key: \`0x\${string}\`) {
  const publicClient = createPublicClient({ transport: http() });
  const wallet = createWalletClient({ account: privateKeyToAccount(key), transport: http() });
  const options = { publicClient, deployment, maxAmountPerPayment: 1n };
  return [createBuyer({ ...options, account: privateKeyToAccount(key) }), createBuyer({ ...options, account: walletAccount(wallet) })];
}
`,
    );
    const compilerOptions = { module: 'nodenext', target: 'es2024', strict: true, noEmit: true, types: ['node'] };
    writeFileSync(join(app, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }));
    execFileSync(join(ROOT, 'node_modules/.bin/tsc'), ['-p', app], { stdio: 'pipe' });
  });
});
