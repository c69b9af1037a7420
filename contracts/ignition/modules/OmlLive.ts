import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';
import { drandBeacon } from './beacon.ts';
import { buildSystem } from './system.ts';
import { LIVE_RULES, PROFILES } from './values.ts';

/**
 * The whole of OML for every other chain. The parameters `token` (6 decimals, EIP-3009), `arbitrator` (ERC-792),
 * `treasury` and `proposer` name what is there, `beaconBackdating` how far back a block may be dated (beacon.ts), and the
 * rates are those of a profile: none of them has a default, since whoever forgets one must not find out on the chain.
 */
export default buildModule('OmlLive', (m) => {
  const token = m.contractAt('IERC3009', m.getParameter('token'));
  const arbitrator = m.contractAt('IArbitrator', m.getParameter('arbitrator'));
  return buildSystem(m, {
    token,
    arbitrator,
    beacon: drandBeacon(m),
    treasury: m.getParameter<string>('treasury'),
    proposer: m.getParameter<string>('proposer'),
    rules: LIVE_RULES,
    rates: Object.fromEntries(Object.keys(PROFILES.l2).map((name) => [name, undefined])),
    timelockDelay: 2 * 86_400,
  });
});
