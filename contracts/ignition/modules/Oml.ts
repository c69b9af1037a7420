import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';
import { buildSystem } from './system.ts';
import { DEV_RATES, DEV_RULES } from './values.ts';

/**
 * The whole of OML for a dev chain, with a dollar that anyone mints, an arbitrator whose judge is the deployer, and
 * blocks as beacon.
 */
export default buildModule('Oml', (m) => {
  const token = m.contract('DevDollar');
  const arbitrator = m.contract('DevArbitrator', [m.getAccount(0), m.getParameter('arbitrationFee', 10n ** 15n)]);
  const treasury = m.getParameter('treasury', m.getAccount(0));
  const proposer = m.getParameter('proposer', m.getAccount(0));
  const beacon = m.contract('BlockBeacon', [m.getParameter('blocksToRound', 2)]);
  const shared = { token, arbitrator, beacon, treasury, proposer };
  return buildSystem(m, { ...shared, rules: DEV_RULES, rates: DEV_RATES, timelockDelay: 5 });
});
