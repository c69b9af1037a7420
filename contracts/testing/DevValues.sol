// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TimelockController} from "@openzeppelin/contracts/governance/TimelockController.sol";
import {Rates, Rules} from "../src/interfaces/IParameters.sol";

/// @notice The parameters of the dev chain (ignition/modules/parameters.ts), and a timelock, for tests.
library DevValues {
    uint64 private constant DOLLAR = 1e6;

    function rules() internal pure returns (Rules memory r) {
        r.anchorWindow = 3_600;
        r.anchorLead = 120;
        r.revocationDelay = 5;
        r.exitDelay = 120;
        r.exitWindow = 60;
        r.startSlack = 30;
        r.inactiveGrace = 60;
        r.claimMinAge = 12;
        r.claimMaxAge = 14 days;
        r.answerWindow = 15;
        r.proveWindow = 30;
        r.potWindow = 60;
        r.repeatWindow = 600;
        r.batchOpenWindow = 600;
        r.unstakeDelay = 60;
        r.minWithdrawDelay = 48 hours;
        r.minGrace = 30;
        r.voteWindow = 20;
        r.revealWindow = 15;
        r.appealWindow = 20;
        r.rulingWindow = 60;
        r.freezePeriod = 60;
        r.revealMinBlocks = 1;
        r.revealMaxBlocks = 300;
        r.evidenceThreshold = 2;
        r.committeeSize = 5;
        r.leastJurors = 3;
    }

    /// @notice What every chain but the dev chain asks for at least.
    function protocolRules() internal pure returns (Rules memory r) {
        r = rules();
        r.revocationDelay = 1 hours;
        r.exitDelay = 21 days;
        r.exitWindow = 7 days;
        r.startSlack = 1 hours;
        r.inactiveGrace = 24 hours;
        r.claimMinAge = 25 hours;
        r.answerWindow = 72 hours;
        r.proveWindow = 7 days;
        r.potWindow = 7 days;
        r.repeatWindow = 90 days;
        r.batchOpenWindow = 14 days;
        r.unstakeDelay = 7 days;
        r.minGrace = 14 days;
        r.voteWindow = 4 days;
        r.revealWindow = 2 days;
        r.appealWindow = 4 days;
        r.rulingWindow = 90 days;
        r.freezePeriod = 14 days;
        r.evidenceThreshold = 32;
    }

    function rates(address treasury) internal pure returns (Rates memory r) {
        r.treasury = treasury;
        r.protocolFeeBps = 250;
        r.poolBps = 250;
        r.maxSlashBps = 5_000;
        r.claimBond = DOLLAR;
        r.claimCost = DOLLAR / 2;
        r.lateFactor = 100;
        r.claimantShareBps = 2_000;
        r.ownerShareBps = 2_000;
        r.minAccountBond = 50 * DOLLAR;
        r.minStake = 20 * DOLLAR;
        r.batchDeposit = DOLLAR;
        r.poolCap = DOLLAR / 4;
        r.reportBond = 10 * DOLLAR;
        r.jurorFee = DOLLAR;
        r.costCap = 6 * DOLLAR;
        r.nameDeposit = 20 * DOLLAR;
        r.minTitleBond = 20 * DOLLAR;
        r.jurorPenaltyBps = 5_000;
        r.codeBookFee = DOLLAR / 100;
    }

    /// @notice A timelock that `proposer` speaks through and anybody executes; nobody administers it.
    function timelock(address proposer, uint256 delay) internal returns (TimelockController) {
        address[] memory proposers = new address[](1);
        proposers[0] = proposer;
        return new TimelockController(delay, proposers, new address[](1), address(0));
    }
}
