// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DevArbitrator} from "../src/arbitration/DevArbitrator.sol";
import {IArbitrable} from "../src/arbitration/IArbitrable.sol";
import {IArbitrator} from "../src/arbitration/IArbitrator.sol";
import {Actors} from "../testing/Actors.sol";

// createDispute
// ├── when the fee is too low                      reverts
// └── otherwise                                    keeps the fee and waits
// giveRuling
// ├── by anybody but the judge, twice, out of range, or on nothing   reverts
// ├── when the judge can't be paid                 reverts
// └── otherwise                                    tells who asked, pays the judge
contract DevArbitratorTest is Actors, IArbitrable {
    uint256 private constant FEE = 1e15;
    address private constant JUDGE = address(0x10D6E);

    DevArbitrator private arbitrator;
    uint256 private heard; // ruling + 1

    function setUp() public {
        arbitrator = new DevArbitrator(JUDGE, FEE);
        vm.deal(address(this), 1 ether);
    }

    function rule(uint256 disputeID, uint256 ruling) external {
        eq(disputeID, 0);
        heard = ruling + 1;
    }

    function test_createDispute_Waits() public {
        vm.expectEmit(address(arbitrator));
        emit IArbitrator.DisputeCreation(0, IArbitrable(address(this)));
        eq(arbitrator.createDispute{value: FEE}(2, ""), 0);
        eq(uint256(arbitrator.disputeStatus(0)), uint256(IArbitrator.DisputeStatus.Waiting));
        eq(arbitrator.currentRuling(0), 0);
        eq(arbitrator.createDispute{value: FEE}(2, ""), 1);
    }

    function test_giveRuling_TellsWhoAskedAndPaysTheJudge() public {
        arbitrator.createDispute{value: FEE + 5}(2, "");
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, 2);
        eq(heard, 3);
        eq(JUDGE.balance, FEE + 5);
        eq(arbitrator.currentRuling(0), 2);
        eq(uint256(arbitrator.disputeStatus(0)), uint256(IArbitrator.DisputeStatus.Solved));
        vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_AlreadySolved.selector, 0));
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, 1);
    }

    function test_RevertWhen_TheJudgeCannotBePaid() public {
        arbitrator = new DevArbitrator(address(this), FEE); // takes no coin
        arbitrator.createDispute{value: FEE}(2, "");
        vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_PaymentFailed.selector, address(this), FEE));
        arbitrator.giveRuling(0, 1);
    }

    function test_RevertWhen_TheDisputeIsUnknown() public {
        bytes memory refused = abi.encodeWithSelector(DevArbitrator.DevArbitrator_UnknownDispute.selector, 0);
        vm.expectRevert(refused);
        vm.prank(JUDGE);
        arbitrator.giveRuling(0, 0);
        vm.expectRevert(refused);
        arbitrator.disputeStatus(0);
        vm.expectRevert(refused);
        arbitrator.currentRuling(0);
    }

    function test_ThereIsOneRound() public {
        arbitrator.createDispute{value: FEE}(2, "");
        (uint256 start, uint256 end) = arbitrator.appealPeriod(0);
        eq(start + end, 0);
        eq(arbitrator.appealCost(0, ""), type(uint256).max);
        eq(arbitrator.arbitrationCost(""), FEE);
        eq(arbitrator.judge(), JUDGE);
        vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_NoAppeal.selector, 0));
        arbitrator.appeal{value: FEE}(0, "");
    }

    function testFuzz_createDispute_CostsTheFee(uint64 sent, uint256 choices) public {
        if (sent < FEE)
            vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_FeeTooLow.selector, sent, FEE));
        vm.deal(address(this), sent);
        arbitrator.createDispute{value: sent}(choices, "");
        eq(address(arbitrator).balance, sent < FEE ? 0 : sent);
    }

    function testFuzz_giveRuling_ByTheJudgeWithinTheChoices(address caller, uint256 choices, uint256 ruling) public {
        arbitrator.createDispute{value: FEE}(choices, "");
        bool refused = true;
        if (caller != JUDGE)
            vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_NotJudge.selector, caller));
        else if (ruling > choices)
            vm.expectRevert(
                abi.encodeWithSelector(DevArbitrator.DevArbitrator_InvalidRuling.selector, ruling, choices)
            );
        else refused = false;
        vm.prank(caller);
        arbitrator.giveRuling(0, ruling);
        vm.prank(JUDGE);
        if (refused) arbitrator.giveRuling(0, choices);
        eq(JUDGE.balance, FEE);
    }

    function testFuzz_appeal_IsImpossible(uint256 disputeID) public {
        vm.expectRevert(abi.encodeWithSelector(DevArbitrator.DevArbitrator_NoAppeal.selector, disputeID));
        arbitrator.appeal(disputeID, "");
    }
}
