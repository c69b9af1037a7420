// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice Money that its owner has announced to take out of a bond.
struct Exit {
    uint96 amount;
    uint40 ripeAt; // from then on it may leave, until it lapses
}

/// @title How money leaves a bond, of an account or of a title: announced, ripe, gone or lapsed. While it stands it
/// covers nothing, stays within reach, and is what slashes take first. One that lapsed was never announced: nobody
/// keeps a ripe exit in his pocket.
library Exits {
    error Exits_TooEarly(uint256 ripeAt);
    error Exits_NothingToWithdraw();

    /// @dev Instead of what was announced before; 0 takes it back.
    function announce(Exit storage exit, uint96 amount, uint40 delay) internal returns (uint40 ripeAt) {
        ripeAt = uint40(block.timestamp) + delay;
        (exit.amount, exit.ripeAt) = (amount, ripeAt);
    }

    /// @dev Takes what is ripe, at most `most`; the rest stays announced until it lapses.
    function takeRipe(Exit storage exit, uint256 window, uint256 most) internal returns (uint96 amount) {
        amount = standing(exit, window);
        if (amount != 0 && block.timestamp < exit.ripeAt) revert Exits_TooEarly(exit.ripeAt);
        if (amount > most) amount = uint96(most);
        if (amount == 0) revert Exits_NothingToWithdraw();
        exit.amount -= amount;
    }

    /// @dev What a slash takes, it takes of this first.
    function cut(Exit storage exit, uint256 amount) internal {
        uint96 announced = exit.amount;
        if (announced != 0) exit.amount = amount < announced ? announced - uint96(amount) : 0;
    }

    /// @dev What is announced and has not lapsed.
    function standing(Exit storage exit, uint256 window) internal view returns (uint96) {
        return block.timestamp < exit.ripeAt + window ? exit.amount : 0;
    }
}
