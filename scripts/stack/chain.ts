import { existsSync, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { OmlError } from '@oml/protocol/error';
import { actors } from './actors.ts';
import { inState, ports } from './layout.ts';
import type { Part } from './processes.ts';

const CHAIN_ID = 31_337;

/**
 * A local EVM chain with one-second blocks whose state survives a restart.
 * Windows are seconds there; nothing jumps chain time, which payments and receipts compare with the wall clock.
 */
export function chainPart(): Part {
  mkdirSync(inState('chain'), { recursive: true });
  const options = {
    host: '127.0.0.1',
    port: ports.chain,
    'chain-id': CHAIN_ID,
    'block-time': 1,
    accounts: Object.keys(actors).length,
    state: inState('chain', 'state.json'),
    'state-interval': 10,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  // SIGINT makes anvil write its state before it ends.
  return { name: 'chain', command: anvil(), args, stopSignal: 'SIGINT' };
}

/** From npm on Linux x64 (`node_modules/.bin` is on the path); elsewhere Foundry's own, if it is installed. */
function anvil(): string {
  const program = process.platform === 'win32' ? 'anvil.exe' : 'anvil';
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync);
  if (!found)
    throw new OmlError(
      'UNAVAILABLE',
      `There is no anvil for ${process.platform}-${process.arch} on npm: install Foundry (https://getfoundry.sh), then run this again.`,
    );
  return found;
}
