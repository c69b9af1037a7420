// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Claim, ClaimState, DisguisedUse, Ending, Hit, Proof, Receipt, ReceiptEvidence, UnpaidUse} from "./Claims.sol";
import {Resolution} from "./IBlames.sol";
import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice Decides both objective offences without a vote (protocol §5), in the order of a claim's life.
/// A claim of offence 2 is known by its batch. One of offence 1 is known by the digest of its receipt; of several, by
/// keccak256 of the ABI encoding of their digests in order. So every step can show again what the contract keeps as a
/// hash only.
interface IClaimCourt {
    event ReceiptsAnchored(bytes32 indexed root, address indexed by);
    event Deposited(address indexed claimant, address indexed from, uint256 amount, uint256 balance);
    event Withdrawn(address indexed claimant, address indexed to, uint256 amount, uint256 balance);
    event ClaimCommitted(bytes32 indexed commitment, address indexed claimant);
    /// @notice `receipts` that were not booked when the claim was committed; of equivocation the accused one and the
    /// other on the same money.
    event UnpaidUseClaimed(
        bytes32 indexed claimId,
        address indexed claimant,
        address indexed account,
        UnpaidUse use,
        Receipt[] receipts
    );
    event DisguisedUseClaimed(
        bytes32 indexed claimId,
        address indexed claimant,
        address indexed account,
        DisguisedUse use,
        BatchOpening batch
    );
    /// @notice `digests` of the receipts that these items added as hits, in their order: whatever contract carried the
    /// call, the accused finds its own receipts, and can blame its editions for them.
    event ItemsProven(bytes32 indexed claimId, uint256 itemsProven, uint256 hits, int256 score, bytes32[] digests);
    event ClaimAdmitted(bytes32 indexed claimId, address indexed account, int256 score, uint40 answerBy);
    event ClaimFinalised(bytes32 indexed claimId, Ending ending);
    /// @notice Its uses are booked and the account is covered: the license that it named is not suspended by it any
    /// more.
    event ClaimCured(bytes32 indexed claimId, uint256 indexed licenseId);
    /// @notice The token refused a payment to `payee`; `pay` tries it again.
    event Credited(address indexed payee, uint256 amount);

    error ClaimCourt_AlreadyAnchored(bytes32 root);
    error ClaimCourt_InsufficientBalance(address claimant, uint256 balance, uint256 needed);
    error ClaimCourt_AlreadyCommitted(bytes32 commitment);
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
    /// @notice A receipt counts in one claim only.
    error ClaimCourt_AlreadyCounted(bytes32 digest);
    /// @notice No SERVE license that was ever activated, or not the one that the claim's first receipt names.
    error ClaimCourt_NotLicensed(bytes32 digest, uint256 licenseId);
    error ClaimCourt_WrongAccount(bytes32 digest, address account);
    /// @notice Every receipt of the claim was booked when it was committed; this is the first.
    error ClaimCourt_AlreadyBooked(bytes32 digest, bytes32 paymentRef);
    error ClaimCourt_NoEquivocation(bytes32 witness, bytes32 accused);
    error ClaimCourt_InvalidItemCount(uint256 itemCount, uint256 max);
    error ClaimCourt_WrongOrder(uint256 index);
    error ClaimCourt_NotInBatch(uint256 index);
    error ClaimCourt_InvalidLeaf(uint256 index);
    error ClaimCourt_WrongAnswer(uint256 index);
    error ClaimCourt_NamesTheModel(uint256 index, uint256 licenseId);
    /// @notice The batch says which licenses the receipts name.
    error ClaimCourt_NamesAnother(uint256 index, uint256 licenseId);
    error ClaimCourt_ScoreTooLow(int256 score, int256 needed);
    error ClaimCourt_WrongState(bytes32 claimId, ClaimState state);
    error ClaimCourt_TooEarly(uint256 readyAt);
    error ClaimCourt_WindowOver(uint256 endedAt);
    error ClaimCourt_NotBooked(bytes32 digest, uint256 licenseId);
    error ClaimCourt_NotCovered(address account);
    error ClaimCourt_NothingOwed(address payee);
    error ClaimCourt_NotBlames(address caller);
    error ClaimCourt_NotTheHits(bytes32 claimId);
    error ClaimCourt_NotBlamed(bytes32 claimId, uint256 blameId);

    /// @notice Anchors a Merkle root over receipt digests (StandardMerkleTree of bytes32), by anyone; the first time
    /// counts.
    function anchor(bytes32 root) external;
    /// @notice Adds to a claimant's balance, out of which its claim bonds are posted (needs an allowance).
    function deposit(address claimant, uint256 amount) external;
    /// @notice Pays out of msg.sender's balance.
    function withdraw(uint256 amount, address to) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, court, sender, contentsHash, salt))`, with
    /// contentsHash = keccak256 of abi.encode(UNPAID_USE, digests), abi.encode(EQUIVOCATION, accused digest, witness
    /// digest) or abi.encode(DISGUISED_USE, batchId, itemCount).
    function commitClaim(bytes32 commitment) external;
    /// @notice Reveals unpaid uses under one license: posts the claim bond, checks every receipt, and keeps those that
    /// were not booked when the claim was committed. Sets the slash aside and opens the answer window: whoever books
    /// them in that time saves the host the slash.
    function revealUnpaidUse(ReceiptEvidence[] calldata items, bytes32 salt) external returns (bytes32 claimId);
    /// @notice Reveals two receipts on the same money, of which the sender opens at least one. The one with the larger
    /// digest is accused: of n receipts on one payment, n - 1.
    function revealEquivocation(
        ReceiptEvidence calldata accused,
        ReceiptEvidence calldata witness,
        bytes32 salt
    ) external returns (bytes32 claimId);
    /// @notice Reveals a disguised use, the first `itemCount` items of the sender's drawn batch: posts the claim bond
    /// and sets the slash aside; items follow.
    function revealDisguisedUse(
        BatchOpening calldata batch,
        uint32 itemCount,
        bytes32 salt
    ) external returns (bytes32 claimId);
    /// @notice The next items of msg.sender's claim, up to and without `upTo`: these hits, in order, and misses between
    /// them. With the last one the score must suffice; then the answer window opens.
    function proveItems(BatchOpening calldata batch, uint256 upTo, Hit[] calldata hits) external;
    /// @notice Ends a claim of offence 1, by anyone, after the window: PAID_LATE where all of it is booked by now, or
    /// SLASHED. `nonceSalt` opens one of the receipts for the claimant.
    function finaliseUnpaidUse(Receipt[] calldata receipts, address claimant, bytes32 nonceSalt) external;
    /// @notice Ends a claim of offence 2, by anyone, after the window; not while a blame of it is open.
    function finaliseDisguisedUse(address claimant, BatchOpening calldata batch) external;
    /// @notice Lifts the suspension that a slash for offence 1 left, by anyone, once its uses are booked and the
    /// account is covered.
    function cure(Receipt[] calldata receipts) external;
    /// @notice Pays what a transfer could not deliver when a claim ended, by anyone.
    function pay(address payee) external returns (uint256 amount);

    /// @notice Blames only (protocol §5), in the answer window of a claim of offence 2 and once: holds its end until it
    /// is decided, suspends the licenses that its hits name, and holds their title covers. Reverts unless these are the
    /// receipts of all its hits, in their order, and each names a SERVE license of the account, in force and booked.
    function onBlamed(
        uint256 blameId,
        address claimant,
        BatchOpening calldata batch,
        Receipt[] calldata receipts
    ) external returns (bytes32 claimId);
    /// @notice Blames only: ends a blamed claim. Upheld: EXCUSED, slash and committee out of the title covers of the
    /// licenses, each by its share of the hits; the account pays what is lacking. Otherwise SLASHED.
    function onResolved(Resolution calldata resolution) external;

    function balanceOf(address claimant) external view returns (uint256);
    function owed(address payee) external view returns (uint256);
    function claim(bytes32 claimId) external view returns (Claim memory);
    function proof(bytes32 claimId) external view returns (Proof memory);
    /// @notice The newest pot of an account: its size, what was taken of it, how many claims that share it are open,
    /// and when it takes no more.
    function potOf(address account) external view returns (uint256 size, uint256 taken, uint256 open, uint256 closesAt);
    function anchoredAt(bytes32 root) external view returns (uint40);
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
    /// @notice What a claim must score: the threshold, and one point for every doubling of the code books committed up
    /// to that of the release, and of the batches committed up to this one, by anybody.
    function scoreNeeded(uint256 modelId, uint32 release, uint64 batchNumber) external view returns (int256);
}
