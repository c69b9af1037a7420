// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Parameters} from "../src/Parameters.sol";
import {IParameters, Values} from "../src/interfaces/IParameters.sol";
import {FixtureTest} from "../testing/Fixture.sol";

// constructor
// ├── on the dev chain
// │   ├── when durations are seconds              keeps them
// │   └── when the exit is shorter than a contest reverts
// ├── on any other chain
// │   ├── when durations are the protocol's       keeps them
// │   └── when any of them is a dev duration      reverts with its name
// └── on every chain
//     ├── when less than 60 % of a slash burns    reverts
//     ├── when a refund exceeds its deposit       reverts
//     └── when token or treasury is zero          reverts
contract ParametersTest is FixtureTest {
    function test_DevChainMayUseSeconds() public view {
        eq(parameters.values().answerWindow, 15);
        eq(parameters.token(), address(token));
        eq(parameters.treasury(), TREASURY);
    }

    function test_OtherChainsKeepTheProtocolsDurations() public {
        vm.chainId(8453);
        deploy(protocolValues());
    }

    function test_RevertWhen_AnotherChainUsesSeconds() public {
        vm.chainId(8453);
        Values memory v = devValues();
        refuse("revocationDelay", v.revocationDelay, 1 hours, 1 hours);
        deploy(v);
    }

    function test_RevertWhen_TheAnswerWindowIsShort() public {
        vm.chainId(8453);
        Values memory v = protocolValues();
        v.answerWindow = 71 hours;
        refuse("answerWindow", v.answerWindow, 72 hours, 7 days);
        deploy(v);
    }

    function test_RevertWhen_TheExitIsShorterThanAContest() public {
        Values memory v = devValues();
        v.exitDelay = v.claimMinAge + 2 * v.answerWindow - 1;
        refuse("exitDelay", v.exitDelay, v.claimMinAge + 2 * v.answerWindow, 90 days);
        deploy(v);
    }

    function test_RevertWhen_TooLittleOfASlashBurns() public {
        Values memory v = devValues();
        v.ownerShareBps = 2_001;
        refuse("ownerShareBps", 2_001, 0, 2_000);
        deploy(v);
    }

    function test_RevertWhen_ARefundExceedsItsDeposit() public {
        Values memory v = devValues();
        v.batchRefund = v.batchDeposit + 1;
        refuse("batchRefund", v.batchRefund, 0, v.batchDeposit);
        deploy(v);
    }

    function test_RevertWhen_TheCostOfAClaimExceedsItsBond() public {
        Values memory v = devValues();
        v.claimCost = v.claimBond + 1;
        refuse("claimCost", v.claimCost, 0, v.claimBond);
        deploy(v);
    }

    function test_RevertWhen_TheTreasuryIsZero() public {
        vm.expectPartialRevert(IParameters.Parameters_OutOfBounds.selector);
        new Parameters(devValues(), address(token), address(0));
    }

    function testFuzz_RealExitsOutlastTheLongestContest(uint64 exitDelay, uint64 answerWindow) public {
        vm.chainId(8453);
        Values memory v = protocolValues();
        v.answerWindow = uint64(bound(answerWindow, 72 hours, 7 days));
        v.exitDelay = uint64(bound(exitDelay, 0, 90 days));
        uint64 least = 14 days + 2 * v.answerWindow;
        if (v.exitDelay < least || v.exitDelay < 21 days) vm.expectPartialRevert(IParameters.Parameters_OutOfBounds.selector);
        deploy(v);
    }

    function protocolValues() private pure returns (Values memory v) {
        v = devValues();
        v.revocationDelay = 1 hours;
        v.exitDelay = 21 days;
        v.claimMinAge = 25 hours;
        v.claimMaxAge = 14 days;
        v.answerWindow = 72 hours;
        v.slashCooldown = 7 days;
        v.batchOpenWindow = 14 days;
        v.unstakeDelay = 7 days;
        v.evidenceThreshold = 32;
    }

    function deploy(Values memory v) private {
        new Parameters(v, address(token), TREASURY);
    }

    function refuse(bytes32 name, uint256 value, uint256 min, uint256 max) private {
        vm.expectRevert(abi.encodeWithSelector(IParameters.Parameters_OutOfBounds.selector, name, value, min, max));
    }
}
