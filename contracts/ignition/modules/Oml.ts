import { buildModule } from '@nomicfoundation/hardhat-ignition/modules';

const DAY = 86_400n;

/** Values of the dev chain: durations in seconds so that a story fits into minutes. Real chains refuse them (Parameters.sol). */
const DEV_VALUES = {
  minAccountBond: 50_000_000n,
  minStake: 20_000_000n,
  claimBond: 1_000_000n,
  claimCost: 500_000n,
  batchDeposit: 1_000_000n,
  batchRefund: 250_000n,
  anchorWindow: 3_600n,
  revocationDelay: 5n,
  exitDelay: 120n,
  claimMinAge: 12n,
  claimMaxAge: 14n * DAY,
  answerWindow: 15n,
  slashCooldown: 30n,
  batchOpenWindow: 600n,
  unstakeDelay: 60n,
  beaconDelay: 2n,
  revealMinBlocks: 1n,
  revealMaxBlocks: 300n,
  protocolFeeBps: 250,
  poolBps: 250,
  lateFeeBps: 1_000,
  claimantShareBps: 2_000,
  ownerShareBps: 2_000,
  maxSlashBps: 5_000,
  evidenceThreshold: 32,
};

/** The whole of OML with a dev dollar. Every value can be overridden by a parameter of the same name; the treasury is the deployer's. */
export default buildModule('Oml', (m) => {
  const values = Object.fromEntries(Object.entries(DEV_VALUES).map(([name, value]) => [name, m.getParameter(name, value)]));
  const token = m.contract('DevDollar');
  const parameters = m.contract('Parameters', [values, token, m.getParameter('treasury', m.getAccount(0))]);
  const modelRegistry = m.contract('ModelRegistry', [parameters]);
  const verifierRegistry = m.contract('VerifierRegistry', [parameters]);
  const vaultImplementation = m.contract('RevenueVault', [parameters, modelRegistry, verifierRegistry]);
  const licenseRegistry = m.contract('LicenseRegistry', [parameters, modelRegistry, vaultImplementation]);
  const claimCourt = m.contract('ClaimCourt', [parameters, modelRegistry, licenseRegistry, verifierRegistry]);
  m.call(licenseRegistry, 'bindCourt', [claimCourt]);
  m.call(verifierRegistry, 'bindCourt', [claimCourt]);
  return { token, parameters, modelRegistry, licenseRegistry, vaultImplementation, verifierRegistry, claimCourt };
});
