// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DisguisedUse, Hit, HitRef, OpenClaim, Payment, Receipt, UpstreamPayment} from "./Claims.sol";
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
    event HitCleared(bytes32 indexed claimId, uint256 index, uint256 licenseId, int256 score);
    event HitTitled(bytes32 indexed claimId, uint256 index, uint256 licenseId);
    /// @notice Without the titled hits the claim would fall: the title bond of `modelId` answers first.
    event TitleCharged(bytes32 indexed claimId, uint256 indexed modelId, uint256 reserved);

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
    error ClaimCourt_HitNotLive(bytes32 claimId, uint256 position);
    error ClaimCourt_WrongReceipt(bytes32 shown, bytes32 kept);
    error ClaimCourt_NotOnModel(uint256 licenseId, uint256 modelId);
    error ClaimCourt_NotUpstream(bytes32 digest, bytes32 upstream);
    error ClaimCourt_PaymentUsed(bytes32 paymentRef, uint256 cumulative);
    error ClaimCourt_NotHidden(uint256 titleModelId, uint256 modelId);
    error ClaimCourt_OtherTitle(uint256 titleModelId, uint256 charged);

    /// @notice Reveals a disguised use: posts the claim bond; items follow. A claim that lapsed may be revealed anew.
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (bytes32 claimId);
    /// @notice The next items of msg.sender's claim, up to and without `upTo`: these hits, in order, and misses between
    /// them.
    function proveItems(BatchOpening calldata batch, uint256 upTo, Hit[] calldata hits) external;
    /// @notice Admits msg.sender's claim once all items are proven, if the score suffices: spends the keys, opens the
    /// batch, sets the slash
    /// aside and opens the answer window. A key that stands twice in it, or that another claim has spent, counts as a
    /// miss.
    function admit(BatchOpening calldata batch, HitRef[] calldata hits) external;
    /// @notice Clears hits, by anyone, within the window: booked in a vault of that account on the model or a
    /// descendant.
    function clear(OpenClaim calldata open, Payment[] calldata payments) external;
    /// @notice Clears hits, by anyone, within the window: the account asked another host, before it answered, and that
    /// use is booked for
    /// the model or a descendant.
    function clearUpstream(OpenClaim calldata open, UpstreamPayment[] calldata payments) external;
    /// @notice Shows, by anyone, within the window, that hits are booked for a model of another owner that is no
    /// descendant.
    function chargeTitle(OpenClaim calldata open, Payment[] calldata payments) external;
    /// @notice Score a verifier's next claim needs: evidenceThreshold + ceil(log2(batches it committed)).
    function scoreNeeded(address verifier) external view returns (int256);
}
