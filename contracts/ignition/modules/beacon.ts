import type { IgnitionModuleBuilder } from '@nomicfoundation/ignition-core';
import { beaconProof, QUICKNET } from '@oml/protocol/evidence/beacon';

/** quicknet's key as EIP-2537 writes a point of G2 (test/deploy.test.ts holds it to `QUICKNET.key`). */
export const QUICKNET_KEY = [
  '0x000000000000000000000000000000000d1fec758c921cc22b0e17e63aaf4bcb',
  '0x5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a',
  '0x0000000000000000000000000000000003cf0f2896adee7eb8b5f01fcad39122',
  '0x12c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d106451',
  '0x000000000000000000000000000000000e5db2b6bfbb01c867749cadffca88b3',
  '0x6c24f3012ba09fc4d3022c5c37dce0f977d3adb5d183c7477c442b1f04515273',
  '0x0000000000000000000000000000000001a714f2edb74119a2f2b0d5a7c75ba9',
  '0x02d163700a61bc224ededd8e63aef7be1aaf8e93d7a9718b047ccddb3eb5d68b',
];
/** A round that it published: the contract refuses a key, or a chain, by which this does not verify. */
const PUBLISHED_ROUND = 1_000n;
const SIGNATURE = '0xb44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39';

/**
 * drand's quicknet, unless parameters name another chain. `beaconBackdating` has no default: the most seconds by which
 * this chain lets a block say that it is older than it is.
 */
export function drandBeacon(m: IgnitionModuleBuilder) {
  const chain = {
    key: m.getParameter('beaconKey', QUICKNET_KEY),
    genesis: m.getParameter('beaconGenesis', QUICKNET.genesis),
    period: m.getParameter('beaconPeriod', QUICKNET.period),
  };
  const windows = {
    delay: m.getParameter('beaconDelay', 1_800),
    backdating: m.getParameter<number>('beaconBackdating'),
    postWindow: m.getParameter('beaconPostWindow', 14 * 86_400),
  };
  return m.contract('DrandBeacon', [
    chain,
    windows,
    m.getParameter('beaconPublishedRound', PUBLISHED_ROUND),
    m.getParameter('beaconPublishedProof', beaconProof(SIGNATURE)!),
  ]);
}
