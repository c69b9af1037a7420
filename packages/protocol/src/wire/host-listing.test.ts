import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BUYER, COURT, HOST } from '../../test-support/receipt-fixture.ts';
import { hostListingToJson, readHostListing, type HostListing } from './host-listing.ts';

const listing: HostListing = {
  chainId: 31_337,
  account: HOST.address,
  signer: BUYER.address,
  models: [
    { model: 'fable', kind: 'language', licenseId: 3n, modelId: 1n, vault: COURT, token: COURT, price: 2n ** 60n },
  ],
};

describe('a host’s listing', () => {
  it('comes back as it was written', () =>
    expect(readHostListing(JSON.parse(JSON.stringify(hostListingToJson(listing))))).toEqual(listing));

  it('is none where a member is missing or is not what it should be', () => {
    const json = hostListingToJson(listing);
    for (const bad of [
      { ...json, network: 'solana:1' },
      { ...json, network: 31_337 },
      { ...json, account: '0x12' },
      { ...json, models: [{ ...json.models[0], kind: 'oracle' }] },
      { ...json, models: [{ ...json.models[0], price: 5 }] },
      { ...json, models: [{ ...json.models[0], price: '-5' }] },
    ])
      expect(readHostListing(bad)).toBeUndefined();
    fc.assert(fc.property(fc.anything(), (junk) => void expect(readHostListing(junk)).toBeUndefined()));
  });
});
