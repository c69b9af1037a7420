// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Setting, State} from "./CourtState.sol";
import {Offence, Receipt, SignedReceipt} from "../interfaces/Claims.sol";
import {IClaimCourt} from "../interfaces/IClaimCourt.sol";
import {Leaves} from "../libraries/Leaves.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title What makes a receipt count, and count once.
library Receipts {
    /// @notice Uses up the sender's commitment to `contentsHash`, and says in which block it was made.
    function reveal(
        State storage state,
        Setting memory setting,
        bytes32 contentsHash,
        bytes32 salt
    ) internal returns (uint256 committedIn) {
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(this), msg.sender, contentsHash, salt));
        committedIn = state.committedIn[msg.sender][commitment];
        if (committedIn == 0) revert IClaimCourt.ClaimCourt_UnknownCommitment(commitment);
        uint256 from = committedIn + setting.revealMinBlocks;
        if (block.number < from) revert IClaimCourt.ClaimCourt_RevealTooEarly(from);
        uint256 until = committedIn + setting.revealMaxBlocks;
        if (block.number > until) revert IClaimCourt.ClaimCourt_CommitmentExpired(until);
        delete state.committedIn[msg.sender][commitment];
    }

    /// @notice Of an age that may be claimed, signed by a bound signer, and anchored in time and before the signer's
    /// revocation took effect.
    function check(
        State storage state,
        Setting memory setting,
        bytes32 digest,
        SignedReceipt calldata signed,
        uint256 revealedAt
    ) internal view returns (address account) {
        uint256 answeredAt = signed.receipt.answeredAt;
        if (answeredAt > revealedAt || revealedAt - answeredAt < setting.claimMinAge)
            revert IClaimCourt.ClaimCourt_ReceiptTooYoung(digest, answeredAt);
        if (revealedAt - answeredAt > setting.claimMaxAge)
            revert IClaimCourt.ClaimCourt_ReceiptTooOld(digest, answeredAt);
        address signer = StrictSignature.signerOf(digest, signed.signature);
        if (signer == address(0)) revert IClaimCourt.ClaimCourt_InvalidSignature(digest);
        uint256 revokedAt;
        (account, revokedAt) = setting.licenses.signerOf(signer);
        if (account == address(0)) revert IClaimCourt.ClaimCourt_UnknownSigner(digest, signer);
        uint256 anchored = _checkAnchor(state, setting, digest, signed);
        if (revokedAt != 0 && anchored >= revokedAt) revert IClaimCourt.ClaimCourt_SignerRevoked(digest, signer);
    }

    /// @notice Refuses whoever can't open the request of a receipt.
    function checkOpener(bytes32 digest, Receipt calldata receipt, address opener, bytes32 salt) internal pure {
        if (!isOpener(receipt, opener, salt)) revert IClaimCourt.ClaimCourt_NotYourNonce(digest, receipt.requestNonce);
    }

    function isOpener(Receipt calldata receipt, address opener, bytes32 salt) internal pure returns (bool) {
        return receipt.requestNonce == ReceiptHash.requestNonce(opener, salt);
    }

    /// @notice From now on the receipt counts in no other claim, by its digest.
    function count(State storage state, bytes32 digest, Offence offence) internal {
        if (state.records[digest].offence != Offence.NONE) revert IClaimCourt.ClaimCourt_AlreadyCounted(digest);
        state.records[digest].offence = offence;
    }

    /// @notice The same for a hit, by its nonce, which one salt of the sender opens: salts that differ in their last
    /// byte share a slot, so that a whole batch costs one. Offence 1 counts no receipt that names no license.
    function countHit(State storage state, bytes32 digest, bytes32 salt, uint256 licenseId) internal {
        checkNoHit(state, digest, salt);
        if (licenseId != 0 && state.records[digest].offence != Offence.NONE)
            revert IClaimCourt.ClaimCourt_AlreadyCounted(digest);
        state.hits[msg.sender][salt >> 8] |= 1 << uint8(uint256(salt));
    }

    /// @notice Refuses what the sender has shown as a hit.
    function checkNoHit(State storage state, bytes32 digest, bytes32 salt) internal view {
        if ((state.hits[msg.sender][salt >> 8] >> uint8(uint256(salt))) & 1 != 0)
            revert IClaimCourt.ClaimCourt_AlreadyCounted(digest);
    }

    /// @notice The claim on receipts with these digests.
    function claimIdOf(bytes32[] memory digests) internal pure returns (bytes32) {
        return digests.length == 1 ? digests[0] : keccak256(abi.encode(digests));
    }

    /// @dev Under a root that was anchored in time. Written so that no `answeredAt`, however large, overflows.
    function _checkAnchor(
        State storage state,
        Setting memory setting,
        bytes32 digest,
        SignedReceipt calldata signed
    ) private view returns (uint256 anchored) {
        bytes32 root = signed.anchorRoot;
        anchored = state.anchoredAt[root];
        if (anchored == 0 || !Leaves.standsUnder(root, Leaves.anchorLeaf(digest), signed.anchorProof))
            revert IClaimCourt.ClaimCourt_NotAnchored(digest, root);
        uint256 answeredAt = signed.receipt.answeredAt;
        bool inTime =
            anchored < answeredAt
                ? answeredAt - anchored <= setting.anchorLead
                : anchored - answeredAt <= setting.anchorWindow;
        if (!inTime) revert IClaimCourt.ClaimCourt_AnchoredOutOfTime(digest, anchored);
    }
}
