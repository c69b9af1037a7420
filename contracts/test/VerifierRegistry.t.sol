// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IVerifierRegistry, Standing} from "../src/interfaces/IVerifierRegistry.sol";
import {Rates} from "../src/interfaces/IParameters.sol";
import {ExactTransfer} from "../src/libraries/ExactTransfer.sol";
import {VerifierRegistry} from "../src/VerifierRegistry.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// stake
// ├── when it stays below the minimum, or the token keeps a fee        reverts
// └── otherwise                               counts, and ends an exit that was asked for
// requestUnstake, unstake                     after the delay; a leaving verifier is not staked
// recordClaim                                 by the court alone
// bindCourt                                   by the deployer, once
contract VerifierRegistryTest is CourtFixture {
    uint256 private constant LEAST = 20 * DOLLAR;

    function setUp() public {
        deployCourt();
        openDoors(); // VERIFIER has staked the minimum
    }

    function test_StakeCounts() public {
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.Staked(HOST, LEAST + 5, LEAST + 5, "host key");
        vm.prank(HOST);
        verifiers.stake(LEAST + 5, "host key");
        require(verifiers.isStaked(HOST), "staked");
        eq(verifiers.stakeOf(HOST), LEAST + 5);
        eq(verifiers.encryptionKeyOf(HOST), "host key");
        Standing memory standing = verifiers.standingOf(HOST);
        eq(standing.stake, LEAST + 5);
        eq(standing.encryptionKey, "host key");
        eq(uint256(standing.leavableAt) + standing.claimsWon + standing.claimsLost, 0);
        require(!verifiers.isStaked(OUTSIDER), "a stranger");
    }

    function test_RevertWhen_TheStakeIsTooLow() public {
        vm.expectRevert(
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_StakeTooLow.selector, LEAST - 1, LEAST)
        );
        vm.prank(OUTSIDER);
        verifiers.stake(LEAST - 1, "key");
    }

    function test_RevertWhen_TheTokenKeepsAFee() public {
        token.setFee(100);
        vm.expectRevert(
            abi.encodeWithSelector(ExactTransfer.ExactTransfer_WrongAmountReceived.selector, LEAST - LEAST / 100, LEAST)
        );
        vm.prank(OUTSIDER);
        verifiers.stake(LEAST, "key");
    }

    function test_UnstakeAfterTheDelay() public {
        uint40 leavableAt = uint40(block.timestamp) + 60;
        vm.startPrank(VERIFIER);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NothingToUnstake.selector, VERIFIER));
        verifiers.unstake(); // not asked for
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.UnstakeRequested(VERIFIER, leavableAt);
        verifiers.requestUnstake();
        require(!verifiers.isStaked(VERIFIER), "leaving");
        vm.warp(leavableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_TooEarly.selector, leavableAt));
        verifiers.unstake();
        vm.warp(leavableAt);
        uint256 before = token.balanceOf(VERIFIER);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.Unstaked(VERIFIER, LEAST);
        eq(verifiers.unstake(), LEAST);
        eq(token.balanceOf(VERIFIER) - before, LEAST);
        eq(verifiers.stakeOf(VERIFIER), 0);
        eq(verifiers.standingOf(VERIFIER).leavableAt, 0);
        eq(token.balanceOf(address(verifiers)), 0);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NothingToUnstake.selector, VERIFIER));
        verifiers.requestUnstake();
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NothingToUnstake.selector, VERIFIER));
        verifiers.unstake();
    }

    function test_WithoutTicketsNoneAreStruck() public {
        vm.recordLogs();
        vm.prank(VERIFIER);
        verifiers.requestUnstake();
        eq(vm.getRecordedLogs().length, 1); // the request alone
    }

    function test_StakingAgainEndsAnExit() public {
        vm.startPrank(VERIFIER);
        verifiers.requestUnstake();
        verifiers.stake(0, "new key");
        require(verifiers.isStaked(VERIFIER), "staked");
        eq(verifiers.encryptionKeyOf(VERIFIER), "new key");
        vm.warp(block.timestamp + 60);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NothingToUnstake.selector, VERIFIER));
        verifiers.unstake();
    }

    function test_AHigherMinimumCountsForEverybody() public {
        Rates memory changed = devRates();
        changed.minStake = uint64(LEAST + 1);
        vm.prank(parameters.timelock());
        parameters.setRates(changed);
        require(!verifiers.isStaked(VERIFIER), "below it now");
        vm.startPrank(VERIFIER);
        verifiers.stake(1, "key");
        require(verifiers.isStaked(VERIFIER), "reaches it");
    }

    function test_TheCourtKeepsTheStanding() public {
        vm.startPrank(address(court));
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.ClaimRecorded(VERIFIER, true, 1, 0);
        verifiers.recordClaim(VERIFIER, true);
        vm.expectEmit(address(verifiers));
        emit IVerifierRegistry.ClaimRecorded(VERIFIER, false, 1, 1);
        verifiers.recordClaim(VERIFIER, false);
        verifiers.recordClaim(VERIFIER, true);
        eq(verifiers.standingOf(VERIFIER).claimsWon, 2);
        eq(verifiers.standingOf(VERIFIER).claimsLost, 1);
    }

    function test_RevertWhen_NotTheCourt() public {
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotCourt.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        verifiers.recordClaim(VERIFIER, false);
    }

    function test_TheCourtIsBoundOnce() public {
        VerifierRegistry fresh = new VerifierRegistry(parameters, beacon);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_NotDeployer.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        fresh.bindCourt(OUTSIDER);
        fresh.bindCourt(HOST);
        eq(fresh.court(), HOST);
        vm.expectRevert(abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_AlreadyBound.selector, HOST));
        fresh.bindCourt(OUTSIDER);
    }

    function testFuzz_stake(uint256 amount, bytes32 key) public {
        amount = bound(amount, 0, 500 * DOLLAR);
        vm.prank(OUTSIDER);
        try verifiers.stake(amount, key) {
            require(amount >= LEAST, "too little");
            eq(verifiers.stakeOf(OUTSIDER), amount);
            eq(verifiers.encryptionKeyOf(OUTSIDER), key);
        } catch {
            require(amount < LEAST, "refused");
        }
    }

    function testFuzz_requestUnstake(uint40 time) public {
        vm.warp(bound(time, block.timestamp, type(uint40).max - 60));
        vm.prank(VERIFIER);
        verifiers.requestUnstake();
        eq(verifiers.standingOf(VERIFIER).leavableAt, block.timestamp + 60);
    }

    function testFuzz_unstake(uint256 wait) public {
        vm.startPrank(VERIFIER);
        verifiers.requestUnstake();
        wait = bound(wait, 0, 120);
        vm.warp(block.timestamp + wait);
        try verifiers.unstake() returns (uint256 amount) {
            require(wait >= 60, "too early");
            eq(amount, LEAST);
        } catch {
            require(wait < 60, "refused");
        }
    }

    function testFuzz_recordClaim(address verifier, bool[] calldata ends) public {
        uint256 won = 0;
        vm.startPrank(address(court));
        for (uint256 i = 0; i < ends.length; ++i) {
            verifiers.recordClaim(verifier, ends[i]);
            if (ends[i]) ++won;
        }
        eq(verifiers.standingOf(verifier).claimsWon, won);
        eq(verifiers.standingOf(verifier).claimsLost, ends.length - won);
    }
}
