// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IParameters} from "./interfaces/IParameters.sol";
import {IVerifierRegistry, Standing} from "./interfaces/IVerifierRegistry.sol";
import {Batches} from "./verifiers/Batches.sol";
import {ExactTransfer} from "./libraries/ExactTransfer.sol";

/// @title Verifiers: what they staked, what is on record about them, and the seats that committees are drawn from.
contract VerifierRegistry is Batches {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    uint256 private immutable _unstakeDelay;

    address[] private _seats;
    uint256[] private _empty; // seats to be taken again
    mapping(address verifier => uint256) private _seatOf; // from 1, 0: none

    constructor(IParameters parameters_) Batches(parameters_) {
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
        _held += amount;
        if (_seatOf[msg.sender] == 0) _takeSeat();
        emit Staked(msg.sender, amount, staked, encryptionKey);
        // Interaction
        ExactTransfer.pull(token, msg.sender, amount);
    }

    /// @inheritdoc IVerifierRegistry
    function requestUnstake() external {
        Standing storage standing = _standings[msg.sender];
        if (standing.stake == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        standing.leavableAt = uint40(block.timestamp + _unstakeDelay);
        emit UnstakeRequested(msg.sender, standing.leavableAt);
    }

    /// @inheritdoc IVerifierRegistry
    function unstake() external returns (uint256 amount) {
        Standing storage standing = _standings[msg.sender];
        // Check
        amount = standing.stake;
        if (amount == 0 || standing.leavableAt == 0) revert VerifierRegistry_NothingToUnstake(msg.sender);
        if (block.timestamp < standing.leavableAt) revert VerifierRegistry_TooEarly(standing.leavableAt);
        // Effect
        standing.stake = 0;
        standing.leavableAt = 0;
        _held -= amount;
        _leaveSeat();
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

    /// @inheritdoc IVerifierRegistry
    function verifierCount() external view returns (uint256) {
        return _seats.length;
    }

    /// @inheritdoc IVerifierRegistry
    function verifierAt(uint256 seat) external view returns (address) {
        return _seats[seat];
    }

    function _takeSeat() private {
        uint256 empty = _empty.length;
        if (empty == 0) {
            _seats.push(msg.sender);
            _seatOf[msg.sender] = _seats.length;
            return;
        }
        uint256 seat = _empty[empty - 1];
        _empty.pop();
        _seats[seat] = msg.sender;
        _seatOf[msg.sender] = seat + 1;
    }

    function _leaveSeat() private {
        uint256 seat = _seatOf[msg.sender] - 1;
        delete _seatOf[msg.sender];
        delete _seats[seat];
        _empty.push(seat);
    }
}
