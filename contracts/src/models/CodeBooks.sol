// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IBeacon} from "../beacon/IBeacon.sol";
import {CodeBook, IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {IParameters} from "../interfaces/IParameters.sol";
import {BURNED} from "../libraries/Burned.sol";

/// @title Code books, committed before the round that selects their answers. A commitment takes one slot; its code
/// book is shown again.
abstract contract CodeBooks is IModelRegistry {
    using SafeERC20 for IERC20;

    uint8 private constant MAX_BITS = 6;
    struct Commitment {
        uint64 round; // 0: there is none
        uint64 bookNumber;
        bool used;
    }

    /// @inheritdoc IModelRegistry
    IBeacon public immutable beacon;
    IParameters private immutable _parameters;
    IERC20 private immutable _token;

    /// @inheritdoc IModelRegistry
    uint64 public codeBookCount;
    mapping(bytes32 commitId => Commitment) private _commitments;

    constructor(IParameters parameters, IBeacon beacon_) {
        beacon = beacon_;
        _parameters = parameters;
        _token = IERC20(parameters.token());
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
        // Also where its round is void.
        if (_commitments[commitId].round != 0) revert ModelRegistry_AlreadyCommitted(commitId);
        uint64 bookNumber = ++codeBookCount;
        uint64 round = beacon.nextRound();
        _commitments[commitId] = Commitment({round: round, bookNumber: bookNumber, used: false});
        uint256 fee = _parameters.codeBookFee();
        emit CodeBookCommitted(commitId, msg.sender, codeBook, bookNumber, round, fee);
        // Interaction
        _token.safeTransferFrom(msg.sender, BURNED, fee);
    }

    /// @dev Uses up the caller's commitment. Reverts with Beacon_NotPosted before its round is posted, and for good
    /// where it is void.
    function _use(CodeBook calldata codeBook) internal returns (bytes32 commitId, bytes32 value, uint64 bookNumber) {
        commitId = _commitId(codeBook);
        Commitment storage commitment = _commitments[commitId];
        if (commitment.round == 0) revert ModelRegistry_UnknownCommitment(commitId);
        if (commitment.used) revert ModelRegistry_CodeBookUsed(commitId);
        commitment.used = true;
        return (commitId, beacon.valueOf(commitment.round), commitment.bookNumber);
    }

    function _commitId(CodeBook calldata codeBook) private view returns (bytes32) {
        return keccak256(abi.encode(msg.sender, codeBook));
    }
}
