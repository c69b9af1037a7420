import { existsSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { OmlError } from '@oml/protocol/error';
import { inState, ports } from './layout.ts';
import type { Part } from './processes.ts';

const CHAIN_ID = 31_337;

/**
 * A local EVM chain with one-second blocks whose state survives a restart.
 * Windows are seconds there; nothing jumps chain time, which payments and receipts compare with the wall clock.
 */
export function chainPart(): Part {
  mkdirSync(inState('chain'), { recursive: true });
  const options = { host: '127.0.0.1', port: ports.chain, 'chain-id': CHAIN_ID, 'block-time': 1, accounts: 20, state: inState('chain', 'state.json'), 'state-interval': 10 };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // SIGINT makes anvil write its state before it ends.
  return { name: 'chain', command: anvil(), args, stopSignal: 'SIGINT' };
}

/** The program itself, not npm's wrapper around it: signals must reach it, and its end must be seen. */
function anvil(): string {
  const require = createRequire(createRequire(import.meta.url).resolve('@foundry-rs/anvil/package.json'));
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  try {
    const folder = dirname(require.resolve(`@foundry-rs/anvil-${process.platform}-${arch}/package.json`));
    const found = [join(folder, 'bin', 'anvil'), join(folder, 'anvil'), join(folder, 'bin', 'anvil.exe')].find(existsSync);
    if (found) return found;
  } catch {
    // Said below, with the platform's name.
  }
  throw new OmlError('UNAVAILABLE', `There is no anvil binary for ${process.platform}-${process.arch}: set RPC_URL to a node of your own.`);
}
