// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IBeacon} from "./IBeacon.sol";
import {Rounds} from "./Rounds.sol";

/// @title The beacon of the dev chain: a round is a block's number, its value that block's hash, which can be read for
/// 256 blocks; its proof is empty. Whoever builds blocks searches for a hash: it is no beacon anywhere else.
contract BlockBeacon is Rounds {
    using SafeCast for uint256;

    error BlockBeacon_NotDevChain(uint256 chainId);
    error BlockBeacon_InvalidDelay(uint64 delay);

    uint256 private constant DEV_CHAIN = 31337;
    uint256 private constant REACH = 256; // blocks

    /// @notice Blocks between a commitment and its round.
    uint64 public immutable delay;

    constructor(uint64 delay_) {
        if (block.chainid != DEV_CHAIN) revert BlockBeacon_NotDevChain(block.chainid);
        if (delay_ == 0) revert BlockBeacon_InvalidDelay(delay_);
        delay = delay_;
    }

    /// @inheritdoc IBeacon
    function nextRound() external view returns (uint64) {
        return (block.number + delay).toUint64();
    }

    function _isOpen(uint64 round) internal view override returns (bool) {
        return block.number > round;
    }

    function _isClosed(uint64 round) internal view override returns (bool) {
        return block.number > round + REACH;
    }

    function _prove(uint64 round, bytes calldata proof) internal view override returns (bytes32 value) {
        if (proof.length == 0) value = blockhash(round);
    }
}
