import { beaconProof } from '@oml/protocol/evidence/beacon';
import { testDrand } from '@oml/service/test-support/drand-server';
import { afterAll, describe, expect, it } from 'vitest';
import { relayedProof } from './beacon-rounds.ts';

describe('a round of drand, asked for by a page', async () => {
  const drand = testDrand({ seed: `0x${'5e'.repeat(32)}`, genesis: 1_700_000_000n, period: 3n });
  const honest = await drand.startRelay();
  const junk = await drand.startRelay(() => new Response('no round'));
  const other = await drand.startRelay(() => Response.json({ round: 8, signature: drand.sign(8n).slice(2) }));
  afterAll(() => Promise.all([honest, junk, other].map((relay) => relay.stop())));
  const { chainHash } = drand;

  it('comes from the first relay that has it', async () => {
    const relays = [junk.relay, other.relay, honest.relay];
    expect(await relayedProof({ relays, chainHash }, 7n)).toBe(beaconProof(drand.sign(7n)));
  });
  it('is nobody’s who answers with another', async () =>
    expect(await relayedProof({ relays: [junk.relay, other.relay], chainHash }, 7n)).toBeUndefined());
});
