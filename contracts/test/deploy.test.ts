import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { QUICKNET } from '@oml/protocol/evidence/beacon';
import { network } from 'hardhat';
import { concatHex, encodeFunctionData, getAddress, parseAbi, zeroAddress, zeroHash } from 'viem';
import Oml from '../ignition/modules/Oml.ts';
import OmlLive from '../ignition/modules/OmlLive.ts';
import { PROFILES } from '../ignition/modules/values.ts';
import { channelAddresses, checkChannels, placeChannels } from '../scripts/channels.mjs';
import { placeMulticall3 } from '../scripts/multicall3.mjs';
import { uncompressG2 } from '../testing/drand-key.ts';

describe('Multicall3 on a dev chain', () => {
  it('stands at its address and aggregates calls', async () => {
    const { viem } = await network.create();
    const client = await viem.getPublicClient();
    await placeMulticall3(client);
    await placeMulticall3(client); // a second time changes nothing
    const number = await client.readContract({
      address: '0xcA11bde05977b3631167028862bE2a173976CA11',
      abi: parseAbi(['function getBlockNumber() view returns (uint256)']),
      functionName: 'getBlockNumber',
    });
    assert.equal(number, await client.getBlockNumber());
  });
});

describe('channels on a dev chain', () => {
  it('stand at the addresses that x402 uses everywhere, and are missed elsewhere', async () => {
    const { viem } = await network.create();
    const client = await viem.getPublicClient();
    await assert.rejects(checkChannels(client), /BatchSettlement of x402 is not deployed/);
    await placeChannels(client);
    await checkChannels(client);
    const settlement = await viem.getContractAt('BatchSettlement', channelAddresses.batchSettlement);
    const collector = await viem.getContractAt('ERC3009DepositCollector', channelAddresses.depositCollector);
    assert.equal(await settlement.read.MIN_WITHDRAW_DELAY(), 900);
    assert.equal(await collector.read.x402BatchSettlement(), getAddress(channelAddresses.batchSettlement));
  });
});

describe('the deployment of a dev chain', () => {
  it('binds every contract to the others once', async () => {
    const { ignition, viem } = await network.create();
    const oml = await ignition.deploy(Oml);
    const [, OUTSIDER] = await viem.getWalletClients();
    const court = getAddress(oml.claimCourt.address);
    const leakCourt = getAddress(oml.leakCourt.address);
    for (const bound of [oml.licenseRegistry, oml.verifierRegistry, oml.titleBonds])
      assert.equal(await bound.read.court(), court);
    assert.equal(await oml.licenseRegistry.read.leakCourt(), leakCourt);
    assert.equal(await oml.names.read.court(), leakCourt);
    assert.equal(await oml.verifierRegistry.read.committees(), getAddress(oml.committees.address));
    assert.equal(await oml.committees.read.isCourt([leakCourt]), true);
    const blames = getAddress(oml.blames.address);
    assert.equal(await oml.committees.read.isCourt([blames]), true);
    assert.equal(await oml.modelRegistry.read.blameCourt(), blames);
    assert.equal(await oml.blames.read.claims(), court);
    await viem.assertions.revertWithCustomError(
      oml.names.write.bindCourt([OUTSIDER!.account.address]),
      oml.names,
      'Names_CourtAlreadyBound',
    );
    await viem.assertions.revertWithCustomError(
      oml.licenseRegistry.write.bindLeakCourt([OUTSIDER!.account.address]),
      oml.licenseRegistry,
      'LicenseRegistry_AlreadyBound',
    );
  });

  it('takes another value for any parameter', async () => {
    const { ignition } = await network.create();
    const { parameters } = await ignition.deploy(Oml, { parameters: { Oml: { answerWindow: 17, nameDeposit: 5n } } });
    assert.equal((await parameters.read.rules()).answerWindow, 17);
    assert.equal(await parameters.read.nameDeposit(), 5n);
  });
});

/** A chain that is no dev chain, and whom a deployment there names. */
async function startLive() {
  const { ignition, viem, networkHelpers } = await network.create({ override: { chainId: 8453 } });
  const [DEPLOYER, TREASURY, PROPOSER, OUTSIDER] = (await viem.getWalletClients()).map((wallet) => wallet.account);
  const token = await viem.deployContract('DevDollar');
  const arbitrator = await viem.deployContract('DevArbitrator', [OUTSIDER!.address, 1n]);
  const named = {
    token: token.address,
    arbitrator: arbitrator.address,
    treasury: TREASURY!.address,
    proposer: PROPOSER!.address,
    beaconBackdating: 15,
  };
  const deploy = (values: Record<string, string | number | bigint>) =>
    ignition.deploy(OmlLive, { parameters: { OmlLive: values } });
  return { viem, networkHelpers, DEPLOYER, TREASURY, PROPOSER, OUTSIDER, named, deploy };
}

describe('the deployment of any other chain', () => {
  it('keeps the durations of the protocol and leaves the deployer no power', async () => {
    const { viem, networkHelpers, DEPLOYER, TREASURY, PROPOSER, OUTSIDER, named, deploy } = await startLive();
    const { parameters, timelock, leakCourt, modelRegistry, beacon } = await deploy({ ...named, ...PROFILES.l2 });
    assert.equal((await parameters.read.rules()).exitDelay, 21 * 86_400);
    assert.equal((await parameters.read.fees())[2], getAddress(TREASURY!.address));
    assert.equal(await leakCourt.read.arbitrator(), getAddress(named.arbitrator));
    assert.equal(await modelRegistry.read.beacon(), getAddress(beacon.address));
    assert.deepEqual(
      [await beacon.read.genesis(), await beacon.read.period(), await beacon.read.delay()],
      [QUICKNET.genesis, QUICKNET.period, 1_800n],
    );
    assert.equal(concatHex([...(await beacon.read.key())]), uncompressG2(QUICKNET.key));

    const admin = await timelock.read.DEFAULT_ADMIN_ROLE();
    for (const role of [
      admin,
      await timelock.read.PROPOSER_ROLE(),
      await timelock.read.EXECUTOR_ROLE(),
      await timelock.read.CANCELLER_ROLE(),
    ])
      assert.equal(await timelock.read.hasRole([role, DEPLOYER!.address]), false);
    assert.equal(await timelock.read.hasRole([await timelock.read.EXECUTOR_ROLE(), zeroAddress]), true);

    // A change of rates as an operator makes it: scheduled by the proposer, executed by anybody two days later.
    const rates = { ...(await parameters.read.rates()), protocolFeeBps: 300 };
    const data = encodeFunctionData({ abi: parameters.abi, functionName: 'setRates', args: [rates] });
    await timelock.write.schedule([parameters.address, 0n, data, zeroHash, zeroHash, 2n * 86_400n], {
      account: PROPOSER!,
    });
    await networkHelpers.time.increase(2 * 86_400);
    await timelock.write.execute([parameters.address, 0n, data, zeroHash, zeroHash], { account: OUTSIDER! });
    assert.equal((await parameters.read.fees())[0], 300);
    await viem.assertions.revertWithCustomError(
      parameters.write.setRates([rates]),
      parameters,
      'Parameters_NotTimelock',
    );
  });

  it('is refused where nobody says who proposes, who is paid, or what it costs', async () => {
    const { named, deploy } = await startLive();
    const whole = { ...named, ...PROFILES.l2 };
    for (const name of ['token', 'arbitrator', 'treasury', 'proposer', 'claimBond', 'beaconBackdating'] as const) {
      const { [name]: _, ...rest } = whole;
      await assert.rejects(deploy(rest), new RegExp(`${name}.*requires a value`));
    }
  });

  for (const [profile, rates] of Object.entries(PROFILES)) {
    it(`takes every rate from the profile ${profile}`, async () => {
      const { named, deploy } = await startLive();
      const { parameters } = await deploy({ ...named, ...rates });
      const { treasury: _, ...deployed } = await parameters.read.rates();
      assert.deepEqual(
        Object.fromEntries(Object.entries(deployed).map(([name, value]) => [name, BigInt(value)])),
        Object.fromEntries(Object.entries(rates).map(([name, value]) => [name, BigInt(value)])),
      );
    });
  }
});
