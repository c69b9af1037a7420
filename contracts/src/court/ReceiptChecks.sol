// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Receipt, ReceiptEvidence, SignedReceipt} from "../interfaces/Claims.sol";
import {IClaimRecords} from "../interfaces/IClaimRecords.sol";
import {ILicenseRegistry} from "../interfaces/ILicenseRegistry.sol";
import {Rules} from "../interfaces/IParameters.sol";
import {Leaves} from "../libraries/Leaves.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title The part of the claim court that all claims share: what makes a receipt count.
abstract contract ReceiptChecks is IClaimRecords, EIP712 {
    ILicenseRegistry public immutable licenses;
    uint256 private immutable _anchorWindow;
    uint256 private immutable _anchorLead;
    uint256 private immutable _claimMinAge;
    uint256 private immutable _claimMaxAge;
    uint256 private immutable _revealMinBlocks;
    uint256 private immutable _revealMaxBlocks;

    mapping(bytes32 root => uint40) internal _anchoredAt;
    mapping(address claimant => mapping(bytes32 commitment => uint256)) internal _committedAt; // block

    constructor(Rules memory rules, ILicenseRegistry licenses_) EIP712("OML", "1") {
        licenses = licenses_;
        _anchorWindow = rules.anchorWindow;
        _anchorLead = rules.anchorLead;
        _claimMinAge = rules.claimMinAge;
        _claimMaxAge = rules.claimMaxAge;
        _revealMinBlocks = rules.revealMinBlocks;
        _revealMaxBlocks = rules.revealMaxBlocks;
    }

    function _digest(Receipt calldata receipt) internal view returns (bytes32) {
        return _hashTypedDataV4(ReceiptHash.structHash(receipt));
    }

    /// @dev Uses up the sender's commitment to `contentsHash`.
    function _reveal(bytes32 contentsHash, bytes32 salt) internal {
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(this), msg.sender, contentsHash, salt));
        uint256 committedAt = _committedAt[msg.sender][commitment];
        if (committedAt == 0) revert ClaimCourt_UnknownCommitment(commitment);
        if (block.number < committedAt + _revealMinBlocks)
            revert ClaimCourt_RevealTooEarly(committedAt + _revealMinBlocks);
        if (block.number > committedAt + _revealMaxBlocks)
            revert ClaimCourt_CommitmentExpired(committedAt + _revealMaxBlocks);
        delete _committedAt[msg.sender][commitment];
    }

    /// @dev What the sender may claim: its own request, of an age that may be claimed, answered under a bound signer's
    /// receipt.
    function _checkEvidence(
        bytes32 digest,
        ReceiptEvidence calldata evidence,
        uint256 revealedAt
    ) internal view returns (address account) {
        Receipt calldata receipt = evidence.signed.receipt;
        _checkOpener(digest, receipt, msg.sender, evidence.nonceSalt);
        uint256 answeredAt = receipt.answeredAt;
        if (answeredAt > revealedAt || revealedAt - answeredAt < _claimMinAge)
            revert ClaimCourt_ReceiptTooYoung(digest, answeredAt);
        if (revealedAt - answeredAt > _claimMaxAge) revert ClaimCourt_ReceiptTooOld(digest, answeredAt);
        return _checkSigned(digest, evidence.signed);
    }

    function _checkOpener(bytes32 digest, Receipt calldata receipt, address opener, bytes32 salt) internal pure {
        if (receipt.requestNonce != ReceiptHash.requestNonce(opener, salt)) {
            revert ClaimCourt_NotYourNonce(digest, receipt.requestNonce);
        }
    }

    /// @dev Signed by a bound signer, and anchored in time and before its revocation took effect.
    function _checkSigned(bytes32 digest, SignedReceipt calldata signed) internal view returns (address account) {
        address signer = StrictSignature.signerOf(digest, signed.signature);
        if (signer == address(0)) revert ClaimCourt_InvalidSignature(digest);
        uint256 revokedAt;
        (account, revokedAt) = licenses.signerOf(signer);
        if (account == address(0)) revert ClaimCourt_UnknownSigner(digest, signer);
        bytes32 root = signed.anchorRoot;
        uint256 anchored = _anchoredAt[root];
        if (anchored == 0 || !Leaves.standsUnder(root, Leaves.anchorLeaf(digest), signed.anchorProof)) {
            revert ClaimCourt_NotAnchored(digest, root);
        }
        // Written so that no `answeredAt`, however large, overflows.
        uint256 answeredAt = signed.receipt.answeredAt;
        bool inTime =
            anchored < answeredAt ? answeredAt - anchored <= _anchorLead : anchored - answeredAt <= _anchorWindow;
        if (!inTime) revert ClaimCourt_AnchoredOutOfTime(digest, anchored);
        if (revokedAt != 0 && anchored >= revokedAt) revert ClaimCourt_SignerRevoked(digest, signer);
    }
}
