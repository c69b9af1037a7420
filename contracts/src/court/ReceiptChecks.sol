// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IClaimCourt, Receipt, ReceiptEvidence} from "../interfaces/IClaimCourt.sol";
import {ILicenseRegistry} from "../interfaces/ILicenseRegistry.sol";
import {Values} from "../interfaces/IParameters.sol";
import {Evidence} from "../libraries/Evidence.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title The part of the claim court that both offences share: anchors, commitments, and what makes a receipt count.
abstract contract ReceiptChecks is IClaimCourt, EIP712 {
    ILicenseRegistry public immutable licenses;
    uint64 private immutable _anchorWindow;
    uint64 private immutable _claimMinAge;
    uint64 private immutable _claimMaxAge;
    uint64 private immutable _revealMinBlocks;
    uint64 private immutable _revealMaxBlocks;

    /// @inheritdoc IClaimCourt
    mapping(bytes32 root => uint64) public anchoredAt;
    mapping(address claimant => mapping(bytes32 commitment => uint256)) private _committedAt; // block

    constructor(Values memory values, ILicenseRegistry licenses_) EIP712("OML", "1") {
        licenses = licenses_;
        _anchorWindow = values.anchorWindow;
        _claimMinAge = values.claimMinAge;
        _claimMaxAge = values.claimMaxAge;
        _revealMinBlocks = values.revealMinBlocks;
        _revealMaxBlocks = values.revealMaxBlocks;
    }

    /// @inheritdoc IClaimCourt
    function anchor(bytes32 root) external {
        if (anchoredAt[root] != 0) revert ClaimCourt_AlreadyAnchored(root);
        anchoredAt[root] = uint64(block.timestamp);
        emit ReceiptsAnchored(root, msg.sender);
    }

    /// @inheritdoc IClaimCourt
    function commitClaim(bytes32 commitment) external {
        // Kept per sender: somebody who copies a commitment from the mempool gains and spoils nothing.
        if (_committedAt[msg.sender][commitment] != 0) revert ClaimCourt_AlreadyCommitted(commitment);
        _committedAt[msg.sender][commitment] = block.number;
        emit ClaimCommitted(commitment, msg.sender);
    }

    /// @inheritdoc IClaimCourt
    function receiptDigest(Receipt calldata receipt) public view returns (bytes32) {
        return _hashTypedDataV4(Evidence.structHash(receipt));
    }

    /// @dev Uses up the sender's commitment to `contentsHash`.
    function _reveal(bytes32 contentsHash, bytes32 salt) internal {
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(this), msg.sender, contentsHash, salt));
        uint256 committedAt = _committedAt[msg.sender][commitment];
        if (committedAt == 0) revert ClaimCourt_UnknownCommitment(commitment);
        if (block.number < committedAt + _revealMinBlocks) revert ClaimCourt_RevealTooEarly(committedAt + _revealMinBlocks);
        if (block.number > committedAt + _revealMaxBlocks) revert ClaimCourt_CommitmentExpired(committedAt + _revealMaxBlocks);
        delete _committedAt[msg.sender][commitment];
    }

    /// @dev Signed by a bound signer, opened by the sender, of an age that may be claimed, and anchored in time.
    function _checkReceipt(uint256 index, ReceiptEvidence calldata evidence, uint256 revealedAt)
        internal
        view
        returns (address account, bytes32 digest)
    {
        Receipt calldata receipt = evidence.receipt;
        digest = receiptDigest(receipt);
        address signer = StrictSignature.signerOf(digest, evidence.signature);
        if (signer == address(0)) revert ClaimCourt_InvalidSignature(index);
        uint64 revokedAt;
        (account, revokedAt) = licenses.signerOf(signer);
        if (account == address(0)) revert ClaimCourt_UnknownSigner(index, signer);
        if (receipt.requestNonce != Evidence.requestNonce(msg.sender, evidence.nonceSalt)) {
            revert ClaimCourt_NotYourNonce(index, receipt.requestNonce);
        }
        _checkAge(index, receipt.answeredAt, revealedAt);
        uint256 anchored = _checkAnchor(index, digest, evidence);
        if (revokedAt != 0 && anchored >= revokedAt) revert ClaimCourt_SignerRevoked(index, signer);
    }

    function _checkAge(uint256 index, uint256 answeredAt, uint256 revealedAt) private view {
        if (answeredAt > revealedAt || revealedAt - answeredAt < _claimMinAge) revert ClaimCourt_ReceiptTooYoung(index, answeredAt);
        if (revealedAt - answeredAt > _claimMaxAge) revert ClaimCourt_ReceiptTooOld(index, answeredAt);
    }

    function _checkAnchor(uint256 index, bytes32 digest, ReceiptEvidence calldata evidence) private view returns (uint256 anchored) {
        anchored = anchoredAt[evidence.anchorRoot];
        bytes32 leaf = Evidence.anchorLeaf(digest);
        if (anchored == 0 || !MerkleProof.verifyCalldata(evidence.anchorProof, evidence.anchorRoot, leaf)) {
            revert ClaimCourt_NotAnchored(index, evidence.anchorRoot);
        }
        if (anchored > evidence.receipt.answeredAt + _anchorWindow) revert ClaimCourt_AnchoredTooLate(index, anchored);
    }
}
