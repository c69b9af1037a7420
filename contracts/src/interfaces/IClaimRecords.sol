// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState} from "./Claims.sol";

/// @notice What both offences share: how a claim ends, and why a receipt does not count.
interface IClaimRecords {
    /// @notice `taken`: of the account's bond.
    event ClaimFinalised(
        bytes32 indexed claimId,
        ClaimState state,
        uint256 taken,
        uint256 toClaimant,
        uint256 toOwner,
        uint256 toPool,
        uint256 burned
    );
    /// @notice The token refused a payment to `payee`; `pay` tries it again.
    event Credited(address indexed payee, uint256 amount);

    error ClaimCourt_InsufficientBalance(address claimant, uint256 balance, uint256 needed);
    error ClaimCourt_UnknownCommitment(bytes32 commitment);
    error ClaimCourt_RevealTooEarly(uint256 block_);
    error ClaimCourt_CommitmentExpired(uint256 block_);
    error ClaimCourt_InvalidSignature(bytes32 digest);
    error ClaimCourt_UnknownSigner(bytes32 digest, address signer);
    error ClaimCourt_NotYourNonce(bytes32 digest, bytes32 requestNonce);
    error ClaimCourt_NotAnchored(bytes32 digest, bytes32 root);
    error ClaimCourt_AnchoredOutOfTime(bytes32 digest, uint256 anchoredAt);
    error ClaimCourt_SignerRevoked(bytes32 digest, address signer);
    error ClaimCourt_ReceiptTooYoung(bytes32 digest, uint256 answeredAt);
    error ClaimCourt_ReceiptTooOld(bytes32 digest, uint256 answeredAt);
    error ClaimCourt_NotLicensed(bytes32 digest, uint256 licenseId);
    error ClaimCourt_WrongAccount(bytes32 digest, address account);
    error ClaimCourt_AlreadyBooked(bytes32 digest, bytes32 paymentRef);
    /// @notice A receipt counts in one claim only.
    error ClaimCourt_AlreadyCounted(bytes32 digest, bytes32 claimId);
    error ClaimCourt_NotBooked(bytes32 digest, uint256 licenseId);
    error ClaimCourt_WrongState(bytes32 claimId, ClaimState state);
    error ClaimCourt_TooEarly(uint256 readyAt);
    error ClaimCourt_WindowOver(uint256 endedAt);
    error ClaimCourt_PotOpenerFirst(address account);
    error ClaimCourt_NothingToSlash(address account);
}
