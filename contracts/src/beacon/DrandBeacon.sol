// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls} from "./Bls.sol";
import {HashToG1} from "./HashToG1.sol";
import {IBeacon} from "./IBeacon.sol";
import {DrandChain, DrandWindows, IDrandBeacon} from "./IDrandBeacon.sol";
import {Rounds} from "./Rounds.sol";

/// @title A drand chain, verified here. Trusted for it: that no threshold of drand's League puts its shares together
/// before a round is due.
contract DrandBeacon is Rounds, IDrandBeacon {
    using SafeCast for uint256;

    uint256 private constant DEV_CHAIN = 31337;
    /// @dev Elsewhere than on the dev chain (docs/specs/contracts.md).
    uint64 private constant LEAST_DELAY = 30 minutes;
    uint64 private constant LEAST_POST_WINDOW = 14 days;

    /// @inheritdoc IDrandBeacon
    uint64 public immutable genesis;
    /// @inheritdoc IDrandBeacon
    uint64 public immutable period;
    /// @inheritdoc IDrandBeacon
    uint64 public immutable delay;
    /// @inheritdoc IDrandBeacon
    uint64 public immutable backdating;
    /// @inheritdoc IDrandBeacon
    uint64 public immutable postWindow;
    // The key: in code, since it is read for every round.
    bytes32 private immutable _key0;
    bytes32 private immutable _key1;
    bytes32 private immutable _key2;
    bytes32 private immutable _key3;
    bytes32 private immutable _key4;
    bytes32 private immutable _key5;
    bytes32 private immutable _key6;
    bytes32 private immutable _key7;

    /// @dev A round that the chain published shows that key and precompiles are right: its signature must verify, and
    /// must not do so for the round after it.
    constructor(DrandChain memory chain, DrandWindows memory windows, uint64 publishedRound, bytes memory signature) {
        if (chain.genesis == 0 || chain.period == 0) revert DrandBeacon_InvalidChain(chain.genesis, chain.period);
        bool isDev = block.chainid == DEV_CHAIN;
        if (windows.delay < (isDev ? 1 : LEAST_DELAY) || windows.postWindow < (isDev ? 1 : LEAST_POST_WINDOW))
            revert DrandBeacon_InvalidWindows(windows.delay, windows.postWindow);
        (_key0, _key1, _key2, _key3) = (chain.key[0], chain.key[1], chain.key[2], chain.key[3]);
        (_key4, _key5, _key6, _key7) = (chain.key[4], chain.key[5], chain.key[6], chain.key[7]);
        genesis = chain.genesis;
        period = chain.period;
        delay = windows.delay;
        backdating = windows.backdating;
        postWindow = windows.postWindow;
        if (!_verifies(publishedRound, signature) || _verifies(publishedRound + 1, signature))
            revert DrandBeacon_CannotVerify(publishedRound);
    }

    /// @inheritdoc IBeacon
    function nextRound() external view returns (uint64) {
        uint256 earliest = block.timestamp + delay + backdating;
        return (Math.ceilDiv(Math.saturatingSub(earliest, genesis), period) + 1).toUint64();
    }

    /// @inheritdoc IDrandBeacon
    function key() public view returns (bytes32[8] memory) {
        return [_key0, _key1, _key2, _key3, _key4, _key5, _key6, _key7];
    }

    /// @inheritdoc IDrandBeacon
    function startsAt(uint64 round) public view returns (uint256) {
        if (round == 0) revert DrandBeacon_InvalidRound(round);
        return genesis + (uint256(round) - 1) * period;
    }

    function _isOpen(uint64 round) internal view override returns (bool) {
        return block.timestamp >= startsAt(round);
    }

    function _isClosed(uint64 round) internal view override returns (bool) {
        return block.timestamp > startsAt(round) + postWindow;
    }

    function _prove(uint64 round, bytes calldata proof) internal view override returns (bytes32 value) {
        if (Bls.isCanonical(proof) && _verifies(round, proof)) value = sha256(Bls.compress(proof));
    }

    /// @dev drand signs sha256 of the round as eight bytes, big endian.
    function _verifies(uint64 round, bytes memory signature) private view returns (bool) {
        return Bls.verifies(signature, HashToG1.hash(sha256(abi.encodePacked(round))), abi.encodePacked(key()));
    }
}
