import type {
  AccountRuntimeValue,
  IgnitionModuleBuilder,
  ModuleParameterRuntimeValue,
  NamedArtifactContractAtFuture,
  NamedArtifactContractDeploymentFuture,
} from '@nomicfoundation/ignition-core';
import { zeroAddress } from 'viem';

type Address = ModuleParameterRuntimeValue<string> | ModuleParameterRuntimeValue<AccountRuntimeValue>;
type Contract = NamedArtifactContractAtFuture<string> | NamedArtifactContractDeploymentFuture<string>;

export interface Setting<Token extends Contract, Arbitrator extends Contract, Beacon extends Contract> {
  token: Token;
  arbitrator: Arbitrator;
  beacon: Beacon;
  /** Receives the protocol fee. */
  treasury: Address;
  /** Schedules changes of rates. */
  proposer: Address;
  /** Defaults; each can be overridden by a parameter of the same name, and has to be where there is none. */
  rules: Record<string, number>;
  rates: Record<string, number | bigint | undefined>;
  timelockDelay: number;
}

/**
 * Every contract of OML over a token and an arbitrator, bound to each other once.
 * The account that deploys keeps no power. Rates change through the timelock: the proposer schedules a change, anybody
 * executes it after the delay, nobody administers it but the timelock itself.
 */
export function buildSystem<Token extends Contract, Arbitrator extends Contract, Beacon extends Contract>(
  m: IgnitionModuleBuilder,
  setting: Setting<Token, Arbitrator, Beacon>,
) {
  const { token, arbitrator, beacon, treasury, proposer, rules, rates, timelockDelay } = setting;
  const withParameters = (values: Record<string, number | bigint | undefined>) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, m.getParameter(name, value)]));
  const timelock = m.contract('TimelockController', [
    m.getParameter('timelockDelay', timelockDelay),
    [proposer],
    [zeroAddress],
    zeroAddress,
  ]);
  const parameters = m.contract('Parameters', [
    withParameters(rules),
    { treasury, ...withParameters(rates) },
    token,
    timelock,
  ]);
  const termsRegistry = m.contract('TermsRegistry', [parameters]);
  const modelRegistry = m.contract('ModelRegistry', [parameters, termsRegistry, beacon]);
  const verifierRegistry = m.contract('VerifierRegistry', [parameters, beacon]);
  const inspectionPools = m.contract('InspectionPools', [parameters, modelRegistry, verifierRegistry]);
  const vaultImplementation = m.contract('RevenueVault', [parameters, modelRegistry, termsRegistry, inspectionPools]);
  const licenseRegistry = m.contract('LicenseRegistry', [
    parameters,
    modelRegistry,
    termsRegistry,
    vaultImplementation,
  ]);
  const titleBonds = m.contract('TitleBonds', [parameters, modelRegistry, termsRegistry, licenseRegistry]);
  const claimCourt = m.contract('ClaimCourt', [parameters, modelRegistry, licenseRegistry, verifierRegistry], {
    libraries: { DisguisedUses: m.library('DisguisedUses'), BlamedUses: m.library('BlamedUses') },
  });
  const names = m.contract('Names', [parameters, modelRegistry]);
  const arbitratorExtraData = m.getParameter('arbitratorExtraData', '0x');
  const committees = m.contract('Committees', [parameters, verifierRegistry, beacon, inspectionPools]);
  const blames = m.contract('Blames', [
    parameters,
    claimCourt,
    modelRegistry,
    licenseRegistry,
    committees,
    titleBonds,
    arbitrator,
    arbitratorExtraData,
  ]);
  const leakCourt = m.contract('LeakCourt', [
    parameters,
    modelRegistry,
    licenseRegistry,
    committees,
    names,
    blames,
    arbitrator,
    arbitratorExtraData,
  ]);
  m.call(modelRegistry, 'bindLicenses', [licenseRegistry]);
  for (const bound of [licenseRegistry, verifierRegistry, titleBonds]) m.call(bound, 'bindCourt', [claimCourt]);
  m.call(licenseRegistry, 'bindLeakCourt', [leakCourt]);
  m.call(modelRegistry, 'bindBlameCourt', [blames]);
  m.call(names, 'bindCourt', [leakCourt]);
  m.call(verifierRegistry, 'bindCommittees', [committees]);
  for (const [id, court] of Object.entries({ leakCourt, blames }))
    m.call(committees, 'bindCourt', [court], { id: `Committees_${id}` });
  return {
    token,
    timelock,
    parameters,
    termsRegistry,
    modelRegistry,
    licenseRegistry,
    vaultImplementation,
    verifierRegistry,
    inspectionPools,
    titleBonds,
    claimCourt,
    names,
    committees,
    blames,
    leakCourt,
    arbitrator,
    beacon,
  };
}
