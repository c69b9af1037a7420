// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What every handler shares. An action that finds nothing to do reverts with `Idle`, so that a runner's count
/// of calls less
/// reverts says how often each action succeeded. What must succeed and does not is remembered, for an invariant to
/// read.
abstract contract Handler {
    /// @notice Nothing to do here and now.
    error Idle();
    /// @notice A call that the rules allow was refused: its call data, then what it reverted with.
    error Refused(bytes callThenRevert);

    /// @notice What was refused although the rules allow it; empty as long as all is well.
    bytes internal refusal;
    /// @notice Which rule an action found broken; empty as long as all is well.
    string public broken;

    function unless(bool idle) internal pure {
        if (idle) revert Idle();
    }

    /// @dev For calls that nobody may hinder: a refusal is kept and shown.
    function must(address target, bytes memory call) internal returns (bytes memory result) {
        bool ok;
        (ok, result) = target.call(call);
        if (!ok) refusal = abi.encodePacked(call, result);
    }

    function nothingWasRefused() external view {
        if (refusal.length != 0) revert Refused(refusal);
    }

    function check(bool holds, string memory rule) internal {
        if (!holds) broken = rule;
    }

    function min(uint256 a, uint256 b) internal pure returns (uint256) {
        return a < b ? a : b;
    }
}
