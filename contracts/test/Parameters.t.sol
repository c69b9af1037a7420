// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Parameters} from "../src/Parameters.sol";
import {ClaimRates, IParameters, Rates, Rules, Values} from "../src/interfaces/IParameters.sol";
import {Actors} from "../testing/Actors.sol";
import {DevValues} from "../testing/DevValues.sol";

// constructor
// ├── on the dev chain
// │   ├── when durations are seconds                    keeps them
// │   └── when the exit is shorter than a contest       reverts
// ├── on any other chain
// │   ├── when durations are the protocol's             keeps them
// │   ├── when any of them is just outside its bounds   reverts with its name
// │   ├── when the exit is shorter than 21 days, the oldest contest or a report  reverts
// │   └── when the timelock is faster than two days     reverts
// └── on every chain
//     ├── when a rate is just outside its bounds        reverts with its name
//     └── when token, treasury or timelock is zero      reverts
// setRates
// ├── when the caller is not the timelock               reverts
// ├── when the timelock has shortened its delay too far reverts
// ├── when a rate is out of bounds                      reverts, and nothing changes
// └── when the timelock's delay has passed              every getter shows the new rates; rules stay
contract ParametersTest is Actors {
    uint256 private constant MAX_DEPOSIT = 1e10;
    uint256 private constant MAX_BOND = 1e12;
    address private constant TOKEN = address(0x70C);
    address private constant PROPOSER = address(0x9209);

    TimelockController private timelock;
    Parameters private parameters;
    Rules private r;
    Rates private rates;

    function setUp() public {
        vm.warp(1_800_000_000);
        timelock = DevValues.timelock(PROPOSER, 2 days);
        parameters = new Parameters(DevValues.rules(), DevValues.rates(TREASURY), TOKEN, address(timelock));
        r = DevValues.protocolRules();
        rates = DevValues.rates(TREASURY);
    }

    function test_DevChainMayUseSeconds() public view {
        eq(parameters.rules().answerWindow, 15);
        eq(parameters.token(), TOKEN);
        eq(parameters.timelock(), address(timelock));
    }

    function test_OtherChainsKeepTheProtocolsDurations() public {
        vm.chainId(8453);
        eq(deploy().values().rules.exitDelay, 21 days);
    }

    function test_EveryGetterShowsItsRates() public view {
        checkRates(parameters, DevValues.rates(TREASURY));
    }

    function test_RevertWhen_AnotherChainUsesSeconds() public {
        vm.chainId(8453);
        r = DevValues.rules();
        refuse("revocationDelay", 5, 1 hours, 1 hours);
    }

    /// @dev One second below the least and above the most of every window, on a real chain.
    function test_RevertWhen_AWindowIsJustOutsideItsBounds() public {
        vm.chainId(8453);
        r.anchorWindow = 1 hours - 1;
        refuse("anchorWindow", 1 hours - 1, 1 hours, 1 hours);
        r.anchorWindow = 1 hours + 1;
        refuse("anchorWindow", 1 hours + 1, 1 hours, 1 hours);
        reset().revocationDelay = 1 hours + 1;
        refuse("revocationDelay", 1 hours + 1, 1 hours, 1 hours);
        reset().claimMinAge = 25 hours - 1;
        refuse("claimMinAge", 25 hours - 1, 25 hours, 48 hours);
        r.claimMinAge = 48 hours + 1;
        refuse("claimMinAge", 48 hours + 1, 25 hours, 48 hours);
        reset().claimMaxAge = 14 days - 1;
        refuse("claimMaxAge", 14 days - 1, 14 days, 14 days);
        r.claimMaxAge = 14 days + 1;
        refuse("claimMaxAge", 14 days + 1, 14 days, 14 days);
        reset().answerWindow = 72 hours - 1;
        refuse("answerWindow", 72 hours - 1, 72 hours, 7 days);
        r.answerWindow = 7 days + 1;
        refuse("answerWindow", 7 days + 1, 72 hours, 7 days);
        reset().proveWindow = 7 days - 1;
        refuse("proveWindow", 7 days - 1, 7 days, 7 days);
        reset().potWindow = 7 days - 1;
        refuse("potWindow", 7 days - 1, 7 days, 30 days);
        r.potWindow = 30 days + 1;
        refuse("potWindow", 30 days + 1, 7 days, 30 days);
        reset().repeatWindow = 90 days - 1;
        refuse("repeatWindow", 90 days - 1, 90 days, 365 days);
        reset().batchOpenWindow = 7 days - 1;
        refuse("batchOpenWindow", 7 days - 1, 7 days, 30 days);
        r.batchOpenWindow = 30 days + 1;
        refuse("batchOpenWindow", 30 days + 1, 7 days, 30 days);
        reset().unstakeDelay = 7 days - 1;
        refuse("unstakeDelay", 7 days - 1, 7 days, 60 days);
        r.unstakeDelay = 60 days + 1;
        refuse("unstakeDelay", 60 days + 1, 7 days, 60 days);
        reset().minWithdrawDelay = 48 hours - 1;
        refuse("minWithdrawDelay", 48 hours - 1, 48 hours, 30 days);
        r.minWithdrawDelay = 30 days + 1;
        refuse("minWithdrawDelay", 30 days + 1, 48 hours, 30 days);
        reset().minGrace = 7 days - 1;
        refuse("minGrace", 7 days - 1, 7 days, 90 days);
        r.minGrace = 90 days + 1;
        refuse("minGrace", 90 days + 1, 7 days, 90 days);
    }

    function test_RevertWhen_AWindowOfReportsIsJustOutsideItsBounds() public {
        vm.chainId(8453);
        r.voteWindow = 2 days - 1;
        refuse("voteWindow", 2 days - 1, 2 days, 7 days);
        r.voteWindow = 7 days + 1;
        refuse("voteWindow", 7 days + 1, 2 days, 7 days);
        reset().revealWindow = 1 days - 1;
        refuse("revealWindow", 1 days - 1, 1 days, 4 days);
        r.revealWindow = 4 days + 1;
        refuse("revealWindow", 4 days + 1, 1 days, 4 days);
        reset().appealWindow = 3 days - 1;
        refuse("appealWindow", 3 days - 1, 3 days, 14 days);
        r.appealWindow = 14 days + 1;
        refuse("appealWindow", 14 days + 1, 3 days, 14 days);
        reset().rulingWindow = 30 days - 1;
        refuse("rulingWindow", 30 days - 1, 30 days, 365 days);
        r.rulingWindow = 365 days + 1;
        refuse("rulingWindow", 365 days + 1, 30 days, 365 days);
        reset().freezePeriod = 14 days - 1;
        refuse("freezePeriod", 14 days - 1, 14 days, 14 days);
        r.freezePeriod = 14 days + 1;
        refuse("freezePeriod", 14 days + 1, 14 days, 14 days);
        reset().committeeSize = 4;
        refuse("committeeSize", 4, 5, 15);
        r.committeeSize = 16;
        refuse("committeeSize", 16, 5, 15);
        reset().leastJurors = 2;
        refuse("leastJurors", 2, 3, 5);
        r.leastJurors = 6;
        refuse("leastJurors", 6, 3, 5);
    }

    function test_RevertWhen_ACountIsJustOutsideItsBounds() public {
        vm.chainId(8453);
        r.revealMinBlocks = 0;
        refuse("revealMinBlocks", 0, 1, 300);
        r.revealMinBlocks = 301;
        refuse("revealMinBlocks", 301, 1, 300);
        r.revealMinBlocks = 2;
        r.revealMaxBlocks = 1;
        refuse("revealMaxBlocks", 1, 2, 300);
        r.revealMaxBlocks = 301;
        refuse("revealMaxBlocks", 301, 2, 300);
        reset().evidenceThreshold = 31;
        refuse("evidenceThreshold", 31, 32, 64);
        r.evidenceThreshold = 65;
        refuse("evidenceThreshold", 65, 32, 64);
    }

    function test_RevertWhen_ADevWindowIsZero() public {
        reset(DevValues.rules()).anchorWindow = 0;
        refuse("anchorWindow", 0, 1, 1 days);
        r.anchorWindow = uint32(1 days + 1);
        refuse("anchorWindow", 1 days + 1, 1, 1 days);
        reset(DevValues.rules()).revocationDelay = 0;
        refuse("revocationDelay", 0, 1, 1 days);
        r.revocationDelay = uint32(1 days + 1);
        refuse("revocationDelay", 1 days + 1, 1, 1 days);
        reset(DevValues.rules()).claimMinAge = 0;
        refuse("claimMinAge", 0, 1, 48 hours);
        reset(DevValues.rules()).claimMaxAge = 12;
        refuse("claimMaxAge", 12, 13, 14 days);
        reset(DevValues.rules()).answerWindow = 0;
        refuse("answerWindow", 0, 1, 7 days);
        reset(DevValues.rules()).potWindow = 0;
        refuse("potWindow", 0, 1, 30 days);
        reset(DevValues.rules()).batchOpenWindow = 0;
        refuse("batchOpenWindow", 0, 1, 30 days);
        reset(DevValues.rules()).unstakeDelay = 0;
        refuse("unstakeDelay", 0, 1, 60 days);
        reset(DevValues.rules()).minWithdrawDelay = 15 minutes - 1;
        refuse("minWithdrawDelay", 15 minutes - 1, 15 minutes, 30 days);
        reset(DevValues.rules()).minGrace = 0;
        refuse("minGrace", 0, 1, 90 days);
        reset(DevValues.rules()).voteWindow = 0;
        refuse("voteWindow", 0, 1, 7 days);
        reset(DevValues.rules()).revealWindow = 0;
        refuse("revealWindow", 0, 1, 4 days);
        reset(DevValues.rules()).appealWindow = 0;
        refuse("appealWindow", 0, 1, 14 days);
        reset(DevValues.rules()).rulingWindow = 0;
        refuse("rulingWindow", 0, 1, 365 days);
        reset(DevValues.rules()).freezePeriod = 0;
        refuse("freezePeriod", 0, 1, 14 days);
        reset(DevValues.rules()).committeeSize = 0;
        refuse("committeeSize", 0, 1, 15);
        reset(DevValues.rules()).leastJurors = 0;
        refuse("leastJurors", 0, 1, 5);
        reset(DevValues.rules()).evidenceThreshold = 0;
        refuse("evidenceThreshold", 0, 1, 64);
    }

    /// @dev The dev chain counts the exit from the youngest claimable receipt, and from a report.
    function test_RevertWhen_TheDevExitIsShorterThanAContestOrAReport() public {
        uint32 contest = 12 + 2 * 15;
        reset(DevValues.rules()).exitDelay = contest - 1;
        refuse("exitDelay", contest - 1, contest, 90 days);
        r.exitDelay = contest; // enough for a contest, not for a report
        refuse("exitDelay", contest, 3 * (20 + 15) + 1, 90 days);
        r.exitDelay = 3 * (20 + 15) + 1;
        deploy();
        r.exitDelay = uint32(90 days + 1);
        refuse("exitDelay", 90 days + 1, contest, 90 days);
    }

    function test_RevertWhen_ARateIsJustOutsideItsBounds() public {
        rates.protocolFeeBps = 1_001;
        refuse("protocolFeeBps", 1_001, 0, 1_000);
        resetRates().poolBps = 1_001;
        refuse("poolBps", 1_001, 0, 1_000);
        resetRates().maxSlashBps = 0;
        refuse("maxSlashBps", 0, 1, 10_000);
        rates.maxSlashBps = 10_001;
        refuse("maxSlashBps", 10_001, 1, 10_000);
        resetRates();
        rates.claimCost = rates.claimBond + 1;
        refuse("claimCost", rates.claimBond + 1, 0, rates.claimBond);
        resetRates().lateFactor = 0;
        refuse("lateFactor", 0, 1, 1_000);
        rates.lateFactor = 1_001;
        refuse("lateFactor", 1_001, 1, 1_000);
        resetRates().claimantShareBps = 4_001;
        refuse("claimantShareBps", 4_001, 0, 4_000);
        resetRates().ownerShareBps = 2_001; // 20 % go to the claimant: less than 60 % would burn
        refuse("ownerShareBps", 2_001, 0, 2_000);
        resetRates();
        rates.jurorFee = rates.reportBond + 1;
        refuse("jurorFee", rates.reportBond + 1, 0, rates.reportBond);
        resetRates().jurorPenaltyBps = 0;
        refuse("jurorPenaltyBps", 0, 1, 10_000);
        rates.jurorPenaltyBps = 10_001;
        refuse("jurorPenaltyBps", 10_001, 1, 10_000);
        resetRates().costCap = uint64(MAX_DEPOSIT + 1);
        refuse("costCap", MAX_DEPOSIT + 1, 0, MAX_DEPOSIT);
    }

    function test_RevertWhen_AnAmountIsZero() public {
        rates.claimBond = 0;
        refuse("claimBond", 0, 1, MAX_DEPOSIT);
        resetRates().minAccountBond = 0;
        refuse("minAccountBond", 0, 1, MAX_BOND);
        resetRates().minStake = 0;
        refuse("minStake", 0, 1, MAX_BOND);
        resetRates().batchDeposit = 0;
        refuse("batchDeposit", 0, 1, MAX_DEPOSIT);
        resetRates().reportBond = 0;
        refuse("reportBond", 0, 1, MAX_DEPOSIT);
        resetRates().nameDeposit = 0;
        refuse("nameDeposit", 0, 1, MAX_DEPOSIT);
        resetRates().minTitleBond = 0;
        refuse("minTitleBond", 0, 1, MAX_BOND);
        resetRates().codeBookFee = 0;
        refuse("codeBookFee", 0, 1, MAX_DEPOSIT);
    }

    /// @dev So that no timelock can price anybody out of accusing, voting or staking.
    function test_RevertWhen_AnAmountIsAboveItsBound() public {
        rates.claimBond = uint64(MAX_DEPOSIT + 1);
        refuse("claimBond", MAX_DEPOSIT + 1, 1, MAX_DEPOSIT);
        resetRates().batchDeposit = uint64(MAX_DEPOSIT + 1);
        refuse("batchDeposit", MAX_DEPOSIT + 1, 1, MAX_DEPOSIT);
        resetRates().reportBond = uint64(MAX_DEPOSIT + 1);
        refuse("reportBond", MAX_DEPOSIT + 1, 1, MAX_DEPOSIT);
        resetRates().nameDeposit = uint64(MAX_DEPOSIT + 1);
        refuse("nameDeposit", MAX_DEPOSIT + 1, 1, MAX_DEPOSIT);
        resetRates().minAccountBond = uint64(MAX_BOND + 1);
        refuse("minAccountBond", MAX_BOND + 1, 1, MAX_BOND);
        resetRates().minStake = uint64(MAX_BOND + 1);
        refuse("minStake", MAX_BOND + 1, 1, MAX_BOND);
        resetRates().codeBookFee = uint64(MAX_DEPOSIT + 1);
        refuse("codeBookFee", MAX_DEPOSIT + 1, 1, MAX_DEPOSIT);
        resetRates().minTitleBond = uint64(MAX_BOND + 1);
        refuse("minTitleBond", MAX_BOND + 1, 1, MAX_BOND);
        resetRates().poolCap = uint64(MAX_DEPOSIT + 1);
        refuse("poolCap", MAX_DEPOSIT + 1, 0, MAX_DEPOSIT);
    }

    function test_RevertWhen_AnAddressIsZero() public {
        rates.treasury = address(0);
        refuse("treasury", 0, 1, type(uint160).max);
        resetRates();
        vm.expectRevert(out("token", 0, 1, type(uint160).max));
        this.deployWith(address(0), address(timelock));
        vm.expectRevert(out("timelock", 0, 1, type(uint160).max));
        this.deployWith(TOKEN, address(0));
    }

    function test_RevertWhen_TheTimelockIsTooFastOrTooSlow() public {
        vm.chainId(8453);
        timelock = DevValues.timelock(PROPOSER, 2 days - 1);
        refuse("timelockDelay", 2 days - 1, 2 days, 30 days);
        timelock = DevValues.timelock(PROPOSER, 30 days + 1);
        refuse("timelockDelay", 30 days + 1, 2 days, 30 days);
        vm.chainId(31337);
        timelock = DevValues.timelock(PROPOSER, 0);
        refuse("timelockDelay", 0, 1, 30 days);
    }

    function test_RatesChangeThroughTheTimelockOnly() public {
        rates.protocolFeeBps = 300;
        rates.nameDeposit = 7;
        bytes memory call = abi.encodeCall(Parameters.setRates, (rates));
        schedule(address(parameters), call);
        vm.warp(block.timestamp + 2 days);
        vm.expectEmit(address(parameters));
        emit IParameters.RatesChanged(rates);
        vm.prank(OUTSIDER); // whoever pays the gas
        timelock.execute(address(parameters), 0, call, 0, 0);
        checkRates(parameters, rates);
        eq(keccak256(abi.encode(parameters.rules())), keccak256(abi.encode(DevValues.rules())));
    }

    function test_RevertWhen_TheTimelockIsAskedTooEarly() public {
        bytes memory call = abi.encodeCall(Parameters.setRates, (rates));
        schedule(address(parameters), call);
        vm.warp(block.timestamp + 2 days - 1);
        vm.expectPartialRevert(TimelockController.TimelockUnexpectedOperationState.selector);
        timelock.execute(address(parameters), 0, call, 0, 0);
    }

    function test_RevertWhen_AnybodyElseSetsRates() public {
        vm.expectRevert(abi.encodeWithSelector(IParameters.Parameters_NotTimelock.selector, address(this)));
        parameters.setRates(rates);
    }

    /// @dev A timelock may change its own delay; below the least of the chain it loses its say.
    function test_RevertWhen_TheTimelockHasBecomeTooFast() public {
        vm.chainId(8453);
        Parameters real = deploy();
        bytes memory faster = abi.encodeCall(TimelockController.updateDelay, (2 days - 1));
        schedule(address(timelock), faster);
        vm.warp(block.timestamp + 2 days);
        timelock.execute(address(timelock), 0, faster, 0, 0);
        vm.expectRevert(out("timelockDelay", 2 days - 1, 2 days, 30 days));
        vm.prank(address(timelock));
        real.setRates(rates);
    }

    function testFuzz_constructor_RealExitsOutlastTheLongestContest(uint32 exitDelay, uint32 answerWindow) public {
        vm.chainId(8453);
        r.answerWindow = uint32(bound(answerWindow, 72 hours, 7 days));
        r.exitDelay = uint32(bound(exitDelay, 0, 90 days));
        uint256 least = 14 days + 2 * uint256(r.answerWindow);
        if (r.exitDelay < least || r.exitDelay < 21 days) {
            vm.expectPartialRevert(IParameters.Parameters_OutOfBounds.selector);
            deploy();
        } else {
            eq(deploy().rules().exitDelay, r.exitDelay);
        }
    }

    function testFuzz_constructor_RealExitsOutlastAReport(uint32 voteWindow, uint32 revealWindow) public {
        vm.chainId(8453);
        r.voteWindow = uint32(bound(voteWindow, 2 days, 7 days));
        r.revealWindow = uint32(bound(revealWindow, 1 days, 4 days));
        uint256 least = 3 * (uint256(r.voteWindow) + r.revealWindow) + 1 days;
        if (r.exitDelay < least) refuse("exitDelay", r.exitDelay, least, 90 days);
        else eq(deploy().rules().exitDelay, r.exitDelay);
    }

    function testFuzz_setRates_KeepsOrRefusesAsAWhole(Rates calldata wanted) public {
        Rates memory before = parameters.rates();
        vm.prank(address(timelock));
        try parameters.setRates(wanted) {
            checkRates(parameters, wanted);
            check(wanted.claimantShareBps + wanted.ownerShareBps <= 4_000);
            check(wanted.treasury != address(0) && wanted.claimCost <= wanted.claimBond);
        } catch {
            checkRates(parameters, before);
        }
    }

    function testFuzz_setRates_WithinBounds(uint16 feeBps, uint16 share, uint64 amount) public {
        rates.protocolFeeBps = uint16(bound(feeBps, 0, 1_000));
        rates.claimantShareBps = uint16(bound(share, 0, 4_000));
        rates.ownerShareBps = 4_000 - rates.claimantShareBps;
        rates.claimBond = uint64(bound(amount, 1, MAX_DEPOSIT));
        rates.claimCost = rates.claimBond;
        vm.prank(address(timelock));
        parameters.setRates(rates);
        checkRates(parameters, rates);
    }

    function checkRates(Parameters p, Rates memory x) private view {
        eq(keccak256(abi.encode(p.rates())), keccak256(abi.encode(x)));
        eq(keccak256(abi.encode(p.values().rates)), keccak256(abi.encode(x)));
        checkFees(p, x);
        checkClaimRates(p, x);
        checkAmounts(p, x);
        eq(p.maxSlashBps(), x.maxSlashBps);
        eq(p.minAccountBond(), x.minAccountBond);
        eq(p.nameDeposit(), x.nameDeposit);
        eq(p.codeBookFee(), x.codeBookFee);
        eq(p.minTitleBond(), x.minTitleBond);
    }

    function checkFees(Parameters p, Rates memory x) private view {
        (uint16 fee, uint16 pool, address treasury) = p.fees();
        eq(fee, x.protocolFeeBps);
        eq(pool, x.poolBps);
        eq(treasury, x.treasury);
    }

    function checkClaimRates(Parameters p, Rates memory x) private view {
        ClaimRates memory rates = p.claimRates();
        eq(rates.bond, x.claimBond);
        eq(rates.cost, x.claimCost);
        eq(rates.lateFactor, x.lateFactor);
        eq(rates.claimantShareBps, x.claimantShareBps);
        eq(rates.ownerShareBps, x.ownerShareBps);
        eq(keccak256(abi.encode(p.claimRatesOf(rates.number))), keccak256(abi.encode(rates)));
    }

    function checkAmounts(Parameters p, Rates memory x) private view {
        (uint64 a, uint64 b, uint64 c) = p.verifierRates();
        eq(keccak256(abi.encode(a, b, c)), keccak256(abi.encode(x.minStake, x.batchDeposit, x.poolCap)));
        (a, b) = p.reportRates();
        eq(keccak256(abi.encode(a, b)), keccak256(abi.encode(x.reportBond, x.costCap)));
    }

    function schedule(address target, bytes memory call) private {
        vm.prank(PROPOSER);
        timelock.schedule(target, 0, call, 0, 0, 2 days);
    }

    function deploy() private returns (Parameters) {
        return new Parameters(r, rates, TOKEN, address(timelock));
    }

    function reset() private returns (Rules storage) {
        return reset(DevValues.protocolRules());
    }

    function reset(Rules memory to) private returns (Rules storage) {
        r = to;
        return r;
    }

    function resetRates() private returns (Rates storage) {
        rates = DevValues.rates(TREASURY);
        return rates;
    }

    function refuse(bytes32 name, uint256 value, uint256 min, uint256 max) private {
        vm.expectRevert(out(name, value, min, max));
        this.deployWith(TOKEN, address(timelock));
    }

    /// @dev Forge creates contracts in tests from artifacts, by a cheat code, and an expected revert takes no notice of
    /// that: a call does.
    function deployWith(address token, address timelock_) external returns (Parameters) {
        return new Parameters(r, rates, token, timelock_);
    }

    function out(bytes32 name, uint256 value, uint256 min, uint256 max) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IParameters.Parameters_OutOfBounds.selector, name, value, min, max);
    }

    function check(bool holds) private pure {
        eq(holds ? 1 : 0, 1);
    }
}
