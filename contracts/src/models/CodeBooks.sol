// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CodeBook, IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {Beacon} from "../libraries/Beacon.sol";

/// @title Code books, committed before the beacon that selects their answers. A commitment takes one slot; its code
/// book is shown again.
abstract contract CodeBooks is IModelRegistry {
    uint8 private constant MAX_BITS = 6;

    struct Commitment {
        uint64 beaconBlock;
        bool used;
    }

    uint64 private immutable _beaconDelay;

    /// @inheritdoc IModelRegistry
    mapping(bytes32 commitId => bytes32) public beaconOf;
    mapping(bytes32 commitId => Commitment) private _commitments;

    constructor(uint32 beaconDelay) {
        _beaconDelay = beaconDelay;
    }

    /// @inheritdoc IModelRegistry
    function commitCodeBook(CodeBook calldata codeBook) external returns (bytes32 commitId) {
        if (
            codeBook.root == 0 ||
            codeBook.commonSize == 0 ||
            codeBook.commonSize > codeBook.size ||
            codeBook.bits == 0 ||
            codeBook.bits > MAX_BITS
        ) revert ModelRegistry_InvalidCodeBook(codeBook.size, codeBook.commonSize, codeBook.bits);
        commitId = _commitId(codeBook);
        Commitment storage commitment = _commitments[commitId];
        // Also where the beacon was missed: committing again must not draw again.
        if (commitment.beaconBlock != 0) revert ModelRegistry_AlreadyCommitted(commitId);
        uint64 beaconBlock = uint64(block.number) + _beaconDelay;
        commitment.beaconBlock = beaconBlock;
        emit CodeBookCommitted(commitId, msg.sender, codeBook, beaconBlock);
    }

    /// @inheritdoc IModelRegistry
    function drawBeacon(bytes32 commitId) external returns (bytes32 beacon) {
        beacon = beaconOf[commitId];
        if (beacon != 0) return beacon;
        beacon = _draw(commitId, _known(commitId).beaconBlock);
        beaconOf[commitId] = beacon;
    }

    /// @dev Uses up the caller's commitment; draws its beacon if nobody did.
    function _use(CodeBook calldata codeBook) internal returns (bytes32 commitId, bytes32 beacon) {
        commitId = _commitId(codeBook);
        Commitment storage commitment = _known(commitId);
        if (commitment.used) revert ModelRegistry_CodeBookUsed(commitId);
        commitment.used = true;
        beacon = beaconOf[commitId];
        if (beacon == 0) beacon = _draw(commitId, commitment.beaconBlock);
    }

    function _draw(bytes32 commitId, uint256 beaconBlock) private returns (bytes32 beacon) {
        if (!Beacon.isReady(beaconBlock)) revert ModelRegistry_BeaconNotReady(beaconBlock);
        beacon = Beacon.hashAt(beaconBlock);
        if (beacon == 0) revert ModelRegistry_BeaconMissed(beaconBlock);
        emit BeaconDrawn(commitId, beacon);
    }

    function _known(bytes32 commitId) private view returns (Commitment storage commitment) {
        commitment = _commitments[commitId];
        if (commitment.beaconBlock == 0) revert ModelRegistry_UnknownCommitment(commitId);
    }

    function _commitId(CodeBook calldata codeBook) private view returns (bytes32) {
        return keccak256(abi.encode(msg.sender, codeBook));
    }
}
