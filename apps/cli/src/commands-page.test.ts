import * as abis from '@oml/contracts/abis';
import { format, resolveConfig } from 'prettier';
import type { Abi, AbiFunction } from 'viem';
import { describe, expect, it } from 'vitest';
import { CONTRACTS, functionOf, inputsOf } from './acts/contracts.ts';
import { programOf } from './cli.ts';
import { commandsPage } from './commands-page.ts';
import { NOUNS } from './nouns.ts';
import { openOutput, type Terminal } from './output.ts';

const PAGE = new URL('../../../docs/guides/commands.md', import.meta.url).pathname;
const terminal: Terminal = { write: () => {}, tell: () => {}, isTerminal: false };
const program = await programOf(
  { output: openOutput(terminal, false), signal: new AbortController().signal, setFailed: () => {} },
  terminal,
  () => true,
);
const verbs = new Map(await Promise.all(NOUNS.map(async ({ name, load }) => [name, await load()] as const)));
const called = [...verbs.values()].flatMap(({ acts = [] }) => acts.flatMap(({ calls }) => calls));

/** What no command calls, and why. */
const LEFT_OUT: Record<string, string> = {
  'by the deployer alone, once': 'bindCourt bindLeakCourt bindLicenses bindBlameCourt bindCommittees',
  'by another contract alone':
    'contest returnBond take suspendAccount closeAccount suspendLicense liftSuspension closeLicense freeze bar ' +
    'reinstate takeLeakBond markModel unmarkModel hold unhold free sit rise openFor recordClaim onBlamed onResolved ' +
    'summon rule',
  'by the timelock alone': 'setRates',
  'of the token, for any wallet':
    'token.approve token.transfer token.transferFrom token.mint token.permit token.cancelAuthorization ' +
    'token.receiveWithAuthorization token.transferWithAuthorization',
  'ERC-721’s ways around a transfer, for market places':
    'modelRegistry.approve modelRegistry.setApprovalForAll modelRegistry.safeTransferFrom',
  'oml license take sends an allowance instead': 'acceptWithPermit',
  'of x402’s channels, through which oml pay and the gateway go':
    'batchSettlement.claim batchSettlement.claimWithSignature batchSettlement.deposit batchSettlement.multicall ' +
    'batchSettlement.refund batchSettlement.refundWithSignature batchSettlement.settle ' +
    'batchSettlement.initiateWithdraw batchSettlement.finalizeWithdraw',
  'sent beside another call': 'deployVault',
};
const leftOut = new Set(Object.values(LEFT_OUT).flatMap((names) => names.split(' ')));

const writes = Object.entries(CONTRACTS).flatMap(([contract, abi]) =>
  (abi as Abi)
    .filter(
      (item): item is AbiFunction => item.type === 'function' && /^(nonpayable|payable)$/.test(item.stateMutability),
    )
    .map(({ name }) => `${contract}.${name}`),
);

describe('docs/guides/commands.md', () => {
  it('is the program’s own table', async () => {
    const formatted = await format(commandsPage(program, verbs), { ...(await resolveConfig(PAGE)), filepath: PAGE });
    await expect(formatted).toMatchFileSnapshot(PAGE);
  });
});

describe('the table of commands', () => {
  it('has everything that a contract lets somebody do', () => {
    const missing = writes.filter(
      (write) => !called.includes(write as never) && !leftOut.has(write) && !leftOut.has(write.split('.')[1]!),
    );
    expect(missing).toEqual([]);
    const known = new Set([...writes, ...writes.map((write) => write.split('.')[1]!)]);
    expect([...leftOut].filter((name) => !known.has(name))).toEqual([]);
  });

  it('calls functions that there are', () => {
    expect(called.length).toBeGreaterThan(70);
    for (const call of called) {
      const { contract, calls } = functionOf(call);
      expect(() => inputsOf(contract, calls), call).not.toThrow();
    }
  });

  it('knows every contract that people call', () => {
    const known = Object.values(CONTRACTS) as unknown[];
    const others = Object.entries(abis).flatMap(([name, abi]) => (known.includes(abi) ? [] : [name]));
    expect(others).toEqual([
      'timelockControllerAbi',
      'blockBeaconAbi',
      'devArbitratorAbi',
      'erc3009DepositCollectorAbi',
      'omlErrorsAbi',
    ]);
  });

  it('says of every command what it does, and of every act who may', () => {
    const empty: string[] = [];
    for (const noun of program.commands)
      for (const command of noun.commands)
        if (command.description() === '') empty.push(`${noun.name()} ${command.name()}`);
    expect(empty).toEqual([]);
    for (const [name, { acts = [] }] of verbs)
      for (const { verb, who, does } of acts)
        expect([name, verb, who !== '' && does !== '']).toEqual([name, verb, true]);
  });
});
