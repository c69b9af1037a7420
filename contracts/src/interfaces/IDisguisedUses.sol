// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisguisedUse, Hit, HitRef, Receipt} from "./Claims.sol";
import {IClaimRecords} from "./IClaimRecords.sol";
import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice Offence 2, at the address of the claim court.
interface IDisguisedUses is IClaimRecords {
    event DisguisedUseClaimed(
        bytes32 indexed claimId,
        address indexed claimant,
        address indexed account,
        BatchOpening batch,
        uint32 itemCount,
        bytes32 hitsHash,
        uint256 bond,
        uint40 proveBy
    );
    /// @notice One per hit, in the order of `hits`.
    event HitProven(bytes32 indexed claimId, uint256 index, Receipt receipt);
    event ItemsProven(bytes32 indexed claimId, uint32 itemsProven);
    event ClaimAdmitted(
        bytes32 indexed claimId,
        address indexed account,
        int256 score,
        int256 needed,
        uint256 reach,
        uint256 reserved,
        uint40 answerBy
    );

    error ClaimCourt_UnknownBatch(bytes32 batchId);
    error ClaimCourt_BatchNotDrawn(bytes32 batchId);
    error ClaimCourt_InvalidItemCount(uint256 itemCount, uint256 max);
    error ClaimCourt_WrongOrder(uint256 index);
    error ClaimCourt_NotInBatch(uint256 index);
    error ClaimCourt_InvalidLeaf(uint256 index);
    error ClaimCourt_WrongAnswer(uint256 index);
    error ClaimCourt_NamesTheModel(uint256 index, uint256 licenseId);
    error ClaimCourt_ItemsMissing(uint256 itemsProven, uint256 itemCount);
    error ClaimCourt_HitsMismatch(bytes32 shown, bytes32 kept);
    error ClaimCourt_ScoreTooLow(int256 score, int256 needed);

    /// @notice Reveals a disguised use: posts the claim bond; items follow.
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (bytes32 claimId);
    /// @notice The next items of msg.sender's claim, up to and without `upTo`: these hits, in order, and misses between
    /// them.
    function proveItems(BatchOpening calldata batch, uint256 upTo, Hit[] calldata hits) external;
    /// @notice Admits msg.sender's claim once all items are proven, if the score suffices: opens the batch, sets the
    /// slash aside and opens the answer window. A key that stands twice in it counts once.
    function admit(BatchOpening calldata batch, HitRef[] calldata hits) external;
    /// @notice Score a verifier's next claim needs: evidenceThreshold + ceil(log2(batches it committed)).
    function scoreNeeded(address verifier) external view returns (int256);
}
