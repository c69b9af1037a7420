// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IParameters, Values} from "./interfaces/IParameters.sol";

/// @title The parameters of one deployment. The dev chain may use seconds; every other chain keeps the protocol's durations.
contract Parameters is IParameters {
    uint256 private constant DEV_CHAIN = 31337;
    uint256 private constant MAX_AMOUNT = 1e15; // a billion dollars: catches a value in the wrong unit

    /// @inheritdoc IParameters
    address public immutable treasury;
    /// @inheritdoc IParameters
    address public immutable token;

    Values private _values;

    constructor(Values memory values_, address token_, address treasury_) {
        _bound("token", uint160(token_), 1, type(uint160).max);
        _bound("treasury", uint160(treasury_), 1, type(uint160).max);
        _boundAmounts(values_);
        _boundDurations(values_, block.chainid == DEV_CHAIN);
        _boundBlocks(values_);
        _boundShares(values_, block.chainid == DEV_CHAIN);
        _values = values_;
        token = token_;
        treasury = treasury_;
    }

    /// @inheritdoc IParameters
    function values() external view returns (Values memory) {
        return _values;
    }

    function _boundAmounts(Values memory v) private pure {
        _bound("minAccountBond", v.minAccountBond, 1, MAX_AMOUNT);
        _bound("minStake", v.minStake, 1, MAX_AMOUNT);
        _bound("claimBond", v.claimBond, 1, MAX_AMOUNT);
        _bound("claimCost", v.claimCost, 0, v.claimBond); // the bond lies above the cost of an answer
        _bound("batchDeposit", v.batchDeposit, 1, MAX_AMOUNT);
        _bound("batchRefund", v.batchRefund, 0, v.batchDeposit); // else opening empty batches would be a business
    }

    function _boundDurations(Values memory v, bool dev) private pure {
        _bound("anchorWindow", v.anchorWindow, dev ? 1 : 1 hours, dev ? 1 days : 1 hours);
        _bound("revocationDelay", v.revocationDelay, dev ? 1 : 1 hours, dev ? 1 days : 1 hours);
        _bound("claimMinAge", v.claimMinAge, dev ? 1 : 25 hours, 48 hours);
        _bound("claimMaxAge", v.claimMaxAge, dev ? v.claimMinAge + 1 : 14 days, 14 days);
        _bound("answerWindow", v.answerWindow, dev ? 1 : 72 hours, 7 days);
        _bound("slashCooldown", v.slashCooldown, dev ? 1 : 7 days, 30 days);
        _bound("batchOpenWindow", v.batchOpenWindow, dev ? 1 : 7 days, 30 days);
        _bound("unstakeDelay", v.unstakeDelay, dev ? 1 : 7 days, 60 days);
        // The longest way to a reservation: an old receipt, then items proven up to the last moment, then the answer. On the dev chain
        // receipts may be claimed for days while bonds leave in minutes, so there the way is counted from the youngest claimable receipt.
        uint64 oldest = dev ? v.claimMinAge : v.claimMaxAge;
        _bound("exitDelay", v.exitDelay, oldest + 2 * v.answerWindow, 90 days);
        if (!dev) _bound("exitDelay", v.exitDelay, 21 days, 90 days);
    }

    function _boundBlocks(Values memory v) private pure {
        _bound("beaconDelay", v.beaconDelay, 1, 128);
        _bound("revealMinBlocks", v.revealMinBlocks, 1, 300);
        _bound("revealMaxBlocks", v.revealMaxBlocks, v.revealMinBlocks, 300);
    }

    function _boundShares(Values memory v, bool dev) private pure {
        _bound("protocolFeeBps", v.protocolFeeBps, 0, 1000);
        _bound("poolBps", v.poolBps, 0, 1000);
        _bound("lateFeeBps", v.lateFeeBps, 1, 2500);
        _bound("claimantShareBps", v.claimantShareBps, 0, 4000);
        _bound("ownerShareBps", v.ownerShareBps, 0, 4000 - v.claimantShareBps); // 60 % or more is burned
        _bound("maxSlashBps", v.maxSlashBps, 1, 10_000);
        _bound("evidenceThreshold", v.evidenceThreshold, dev ? 1 : 32, 64);
    }

    function _bound(bytes32 name, uint256 value, uint256 min, uint256 max) private pure {
        if (value < min || value > max) revert Parameters_OutOfBounds(name, value, min, max);
    }
}
