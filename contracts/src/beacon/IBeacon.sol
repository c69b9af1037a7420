// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A value that nobody could know or search when the commitment was made. A commitment names a round of the
/// future and waits for its value, which anyone posts, once, while the round may be posted. A round that nobody posts
/// in that time is void, and with it every commitment that named it.
interface IBeacon {
    /// @notice The one value of a round is known from here on.
    event BeaconPosted(uint64 indexed round, bytes32 value, address indexed by);

    error Beacon_TooEarly(uint64 round);
    error Beacon_TooLate(uint64 round);
    error Beacon_AlreadyPosted(uint64 round, bytes32 value);
    error Beacon_NotPosted(uint64 round);
    /// @notice The proof is not the one that this round asks for.
    error Beacon_InvalidProof(uint64 round);

    /// @notice Shows the value of a round, by anyone. What `proof` is, the contract says: a signature, or nothing.
    function post(uint64 round, bytes calldata proof) external returns (bytes32 value);

    /// @notice The round that a commitment made in this block names. Whoever commits takes no other: an earlier one may
    /// be known to somebody.
    function nextRound() external view returns (uint64 round);
    /// @notice Reverts where nothing was posted, so that nobody takes an unknown value for one that is zero.
    function valueOf(uint64 round) external view returns (bytes32 value);
    function isPosted(uint64 round) external view returns (bool);
    /// @notice True for good once a round can no longer be posted and was not.
    function isVoid(uint64 round) external view returns (bool);
}
