import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';
import { buildSystem } from './system.ts';
import { LIVE_RATES, LIVE_RULES } from './values.ts';

/**
 * The whole of OML for every other chain. The parameters `token` (6 decimals, EIP-3009), `arbitrator` (ERC-792),
 * `treasury` and `proposer` name what is there.
 */
export default buildModule('OmlLive', (m) => {
  const token = m.contractAt('IERC3009', m.getParameter('token'));
  const arbitrator = m.contractAt('IArbitrator', m.getParameter('arbitrator'));
  return buildSystem(m, { token, arbitrator, rules: LIVE_RULES, rates: LIVE_RATES, timelockDelay: 2 * 86_400 });
});
