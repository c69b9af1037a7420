// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IBeacon} from "./IBeacon.sol";

/// @notice One drand chain of scheme `bls-unchained-g1-rfc9380`. Round r is published at `genesis + (r - 1) * period`.
struct DrandChain {
    bytes32[8] key; // G2, as EIP-2537 writes it: x.c0, x.c1, y.c0, y.c1, two words each
    uint64 genesis; // seconds
    uint64 period; // seconds
}

/// @notice When the round of a commitment starts, and how long it may be posted; in seconds.
struct DrandWindows {
    uint64 delay; // between a commitment and the start of its round, at least
    uint64 backdating; // the most by which this chain lets a block say that it is older than it is
    uint64 postWindow; // from the start of a round until it is void
}

/// @notice A drand chain as a beacon: a round's value is sha256 of its signature, compressed to 48 bytes. A proof is
/// that signature uncompressed, as EIP-2537 writes a point of G1: x, then y, 64 bytes each.
interface IDrandBeacon is IBeacon {
    error DrandBeacon_InvalidChain(uint64 genesis, uint64 period);
    error DrandBeacon_InvalidWindows(uint64 delay, uint64 postWindow);
    /// @notice The published round does not verify here, or another round does by the same signature: a wrong key, or a
    /// chain without EIP-2537.
    error DrandBeacon_CannotVerify(uint64 round);
    /// @notice Rounds count from 1.
    error DrandBeacon_InvalidRound(uint64 round);

    function key() external view returns (bytes32[8] memory);
    function genesis() external view returns (uint64);
    function period() external view returns (uint64);
    function delay() external view returns (uint64);
    function backdating() external view returns (uint64);
    function postWindow() external view returns (uint64);
    /// @notice When a round is published, in seconds.
    function startsAt(uint64 round) external view returns (uint256);
}
