// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "./IBeacon.sol";

/// @title What every beacon has in common: rounds that open, are posted once or never, and close.
abstract contract Rounds is IBeacon {
    mapping(uint64 round => bytes32) private _values;

    /// @inheritdoc IBeacon
    function post(uint64 round, bytes calldata proof) external returns (bytes32 value) {
        if (!_isOpen(round)) revert Beacon_TooEarly(round);
        if (_isClosed(round)) revert Beacon_TooLate(round);
        if (isPosted(round)) revert Beacon_AlreadyPosted(round, _values[round]);
        value = _prove(round, proof);
        if (value == 0) revert Beacon_InvalidProof(round);
        _values[round] = value;
        emit BeaconPosted(round, value, msg.sender);
    }

    /// @inheritdoc IBeacon
    function valueOf(uint64 round) external view returns (bytes32 value) {
        value = _values[round];
        if (value == 0) revert Beacon_NotPosted(round);
    }

    /// @inheritdoc IBeacon
    function isVoid(uint64 round) external view returns (bool) {
        return _isClosed(round) && !isPosted(round);
    }

    /// @inheritdoc IBeacon
    function isPosted(uint64 round) public view returns (bool) {
        return _values[round] != 0;
    }

    /// @dev May the value be known by now?
    function _isOpen(uint64 round) internal view virtual returns (bool);

    /// @dev Is it too late to post it?
    function _isClosed(uint64 round) internal view virtual returns (bool);

    /// @dev The value that the proof shows; zero where it shows none.
    function _prove(uint64 round, bytes calldata proof) internal view virtual returns (bytes32 value);
}
