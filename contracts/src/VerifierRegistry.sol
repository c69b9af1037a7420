// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeacon} from "./beacon/IBeacon.sol";
import {Tickets} from "./committees/Tickets.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IVerifierRegistry, Standing} from "./interfaces/IVerifierRegistry.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title Verifiers: what they staked, and what is on record about them.
contract VerifierRegistry is Tickets {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint256 private immutable _unstakeDelay;

    constructor(IParameters parameters_, IBeacon beacon_) Tickets(parameters_, beacon_) {
        _unstakeDelay = parameters_.rules().unstakeDelay;
    }

    /// @inheritdoc IVerifierRegistry
    function stake(uint256 amount, bytes32 encryptionKey) external {
        Standing storage standing = _standings[msg.sender];
        uint256 staked = standing.stake + amount;
        uint256 least = _minStake();
        if (staked < least) revert VerifierRegistry_StakeTooLow(staked, least);
        standing.stake = staked.toUint96();
        standing.leavableAt = 0;
        standing.encryptionKey = encryptionKey;
        emit Staked(msg.sender, amount, staked, encryptionKey);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IVerifierRegistry
    function requestUnstake() external {
        Standing storage standing = _standings[msg.sender];
        if (standing.stake == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        standing.leavableAt = uint40(block.timestamp + _unstakeDelay);
        _strike(msg.sender);
        emit UnstakeRequested(msg.sender, standing.leavableAt);
    }

    /// @inheritdoc IVerifierRegistry
    function unstake() external returns (uint256 amount) {
        Standing storage standing = _standings[msg.sender];
        // Check
        amount = standing.stake;
        if (amount == 0 || standing.leavableAt == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        if (block.timestamp < standing.leavableAt) revert VerifierRegistry_TooEarly(standing.leavableAt);
        if (_hands[msg.sender].committees != 0) revert VerifierRegistry_OnCommittee(msg.sender);
        // Effect
        standing.stake = 0;
        standing.leavableAt = 0;
        emit Unstaked(msg.sender, amount);
        // Interaction
        token.safeTransfer(msg.sender, amount);
    }

    /// @inheritdoc IVerifierRegistry
    function recordClaim(address verifier, bool won) external onlyCourt {
        Standing storage standing = _standings[verifier];
        if (won) ++standing.claimsWon;
        else ++standing.claimsLost;
        emit ClaimRecorded(verifier, won, standing.claimsWon, standing.claimsLost);
    }
}
