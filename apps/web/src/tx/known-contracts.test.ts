import { claimCourtAbi, devDollarAbi, licenseRegistryAbi, revenueVaultAbi } from '@oml/contracts/abis';
import { deploymentSchema, type Deployment } from '@oml/protocol/chain/deployment';
import { encodeAbiParameters, encodeErrorResult, encodeEventTopics, encodeFunctionData, type Address } from 'viem';
import { describe, expect, it } from 'vitest';
import { contractAt, decodeCall, decodeLog, decodeRevert } from './known-contracts.ts';

const addressOf = (n: number) => `0x${String(n).padStart(40, '0')}` as Address;
const [BUYER, HOST] = [addressOf(71), addressOf(72)];
const names = Object.keys(deploymentSchema.shape.contracts.shape);
const deployment = {
  chainId: 31337,
  deployedAtBlock: 0,
  contracts: Object.fromEntries(names.map((name, i) => [name, addressOf(i + 1)])),
} as Deployment;

describe('a transaction in words', () => {
  it('decodes a transfer of the token', () => {
    const token = contractAt(deployment, deployment.contracts.token);
    const topics = encodeEventTopics({ abi: devDollarAbi, eventName: 'Transfer', args: { from: BUYER, to: HOST } }) as [
      `0x${string}`,
    ];
    const decoded = decodeLog(token, { topics, data: encodeAbiParameters([{ type: 'uint256' }], [10_000n]) });
    expect(decoded).toEqual({
      name: 'Transfer',
      args: [
        ['from', BUYER],
        ['to', HOST],
        ['value', '10000'],
      ],
    });
  });

  it('reads an unknown address as a vault', () => {
    const vault = contractAt(deployment, addressOf(99));
    expect(vault.name).toBe('Vault');
    expect(decodeCall(vault, encodeFunctionData({ abi: revenueVaultAbi, functionName: 'distribute' }))).toEqual({
      name: 'distribute',
      args: [],
    });
  });

  it('names the arguments of a call', () => {
    const data = encodeFunctionData({ abi: licenseRegistryAbi, functionName: 'activate', args: [7n] });
    expect(decodeCall(contractAt(deployment, deployment.contracts.licenseRegistry), data)).toEqual({
      name: 'activate',
      args: [['licenseId', '7']],
    });
  });

  it('decodes a refusal', () =>
    expect(
      decodeRevert(encodeErrorResult({ abi: claimCourtAbi, errorName: 'ClaimCourt_TooEarly', args: [5n] })),
    ).toEqual({ name: 'ClaimCourt_TooEarly', args: [['readyAt', '5']] }));

  it('gives up on what it does not know, without failing', () => {
    expect(decodeCall(contractAt(deployment, BUYER), '0xdeadbeef')).toBeUndefined();
    expect(decodeRevert('0xdeadbeef')).toBeUndefined();
  });
});
