// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice A host's EIP-712 statement about one answer (protocol §5); domain "OML", "1", this chain, the court.
struct Receipt {
    uint256 licenseId;
    address client;
    bytes32 requestNonce;
    bytes32 queryHash;
    bytes32 head;
    bytes32 responseHash;
    bytes32 paymentRef;
    uint256 amount;
    uint256 cumulative;
    uint256 answeredAt;
}

struct ReceiptEvidence {
    Receipt receipt;
    bytes signature;
    bytes32 anchorRoot;
    bytes32[] anchorProof;
    bytes32 nonceSalt; // requestNonce = keccak256(abi.encode(claimant, nonceSalt))
}

/// @notice Offence 1: receipts of one account that name its SERVE license and are not booked in its vault.
struct UnpaidUse {
    ReceiptEvidence[] receipts; // 1 to 16
}

/// @notice Offence 2: the first `itemCount` items of a drawn batch, submitted over one or more transactions.
struct DisguisedUse {
    BatchOpening batch;
    uint256 itemCount;
    bytes32 itemsHash; // h0 = 0; h(i+1) = keccak256(abi.encode(h(i), keccak256(abi.encode(item i))))
}

struct LeafEvidence {
    uint256 index;
    bytes32 keyHash;
    bytes32[] candidates;
    uint8 bits;
    bytes32 salt;
    bytes32[] proof;
}

/// @notice One item of a batch. A miss carries nothing else and scores -1; a hit scores bits - 1.
struct Item {
    bool hit;
    ReceiptEvidence evidence;
    bytes32[] pairProof;
    LeafEvidence leaf;
}

enum Offence {
    NONE,
    UNPAID_USE,
    DISGUISED_USE
}

/// @notice PROVING: items are being submitted. CONTESTED: admitted, the answer window runs. The rest are ends:
/// SLASHED, PAID_LATE (booked only when contested), CLEARED (the claimant's bond paid the host), LAPSED (never admitted).
enum ClaimState {
    NONE,
    PROVING,
    CONTESTED,
    SLASHED,
    PAID_LATE,
    CLEARED,
    LAPSED
}

struct Claim {
    Offence offence;
    ClaimState state;
    address claimant;
    address account;
    uint256 modelId; // the model that was used
    uint256 licenseId; // offence 1: the license; offence 2: 0
    uint256 reserved; // slash set aside; 0 if it joined another claim
    uint64 revealedAt;
    uint64 answerBy;
    uint32 itemCount;
    uint32 itemsProven;
    int256 score;
    uint256 bond;
}

/// @notice A use under claim, as far as booking it needs. Larger amounts than 2^128 - 1 are cut to it.
struct Use {
    bytes32 paymentRef;
    address client;
    uint8 bits; // offence 2: of the leaf that it answers
    bool live; // offence 2: a hit that is neither cleared nor spent by another claim
    bool equivocal; // offence 1: booking does not cure it, an earlier receipt of the claim charges the same money
    uint128 amount;
    uint128 cumulative;
    bytes32 keyHash; // offence 2
}

/// @notice Decides both objective offences without a vote (protocol §5).
interface IClaimCourt {
    event ReceiptsAnchored(bytes32 indexed root, address indexed by);
    event ClaimCommitted(bytes32 indexed commitment, address indexed claimant);
    event ClaimRevealed(
        uint256 indexed claimId, address indexed claimant, address indexed account, Offence offence, uint256 modelId, uint256 licenseId, uint256 bond
    );
    /// @notice One per receipt of an offence-1 claim: whoever books `paymentRef` in `vault` before `answerBy` answers it.
    event ReceiptContested(
        uint256 indexed claimId, uint256 index, address indexed vault, bytes32 indexed paymentRef, address client, uint256 cumulative
    );
    /// @notice Two receipts of one account charge the same money for different uses (protocol §5, equivocation).
    event EquivocationShown(uint256 indexed claimId, uint256 index);
    /// @notice One per hit of an offence-2 claim: whoever books `paymentRef` in a vault of that account on the model, then calls `clear`, answers it.
    event ItemContested(uint256 indexed claimId, uint256 index, bytes32 indexed paymentRef, address client, uint256 cumulative);
    event ItemsProven(uint256 indexed claimId, uint256 itemsProven, int256 score);
    event ClaimAdmitted(uint256 indexed claimId, uint256 reserved, int256 score, uint64 answerBy);
    event ItemCleared(uint256 indexed claimId, uint256 index, uint256 licenseId);
    event ClaimFinalised(
        uint256 indexed claimId, ClaimState state, uint256 taken, uint256 toClaimant, uint256 toOwner, uint256 toPool, uint256 burned
    );

    /// @notice The token refused a payment to `payee`; `withdraw` tries it again.
    event Credited(address indexed payee, uint256 amount);

    error ClaimCourt_NothingOwed(address payee);
    error ClaimCourt_AlreadyAnchored(bytes32 root);
    error ClaimCourt_AlreadyCommitted(bytes32 commitment);
    error ClaimCourt_UnknownCommitment(bytes32 commitment);
    error ClaimCourt_RevealTooEarly(uint256 block_);
    error ClaimCourt_CommitmentExpired(uint256 block_);
    error ClaimCourt_NoReceipts();
    error ClaimCourt_TooManyReceipts(uint256 count);
    error ClaimCourt_InvalidSignature(uint256 index);
    error ClaimCourt_UnknownSigner(uint256 index, address signer);
    error ClaimCourt_MixedAccounts(uint256 index, address account);
    error ClaimCourt_NotLicensed(uint256 index, uint256 licenseId);
    error ClaimCourt_NotYourNonce(uint256 index, bytes32 requestNonce);
    error ClaimCourt_NotAnchored(uint256 index, bytes32 root);
    error ClaimCourt_AnchoredTooLate(uint256 index, uint256 anchoredAt);
    error ClaimCourt_SignerRevoked(uint256 index, address signer);
    error ClaimCourt_ReceiptTooYoung(uint256 index, uint256 answeredAt);
    error ClaimCourt_ReceiptTooOld(uint256 index, uint256 answeredAt);
    error ClaimCourt_AlreadyBooked(uint256 index, bytes32 paymentRef);
    error ClaimCourt_DuplicateReceipt(uint256 index);
    error ClaimCourt_AlreadyClaimed(uint256 index, bytes32 digest);
    error ClaimCourt_BatchNotYours(bytes32 batchId);
    error ClaimCourt_WrongState(uint256 claimId, ClaimState state);
    error ClaimCourt_NotClaimant(uint256 claimId, address caller);
    error ClaimCourt_ItemsMismatch(bytes32 computed, bytes32 committed);
    error ClaimCourt_NotInBatch(uint256 index);
    error ClaimCourt_WrongKey(uint256 index, uint256 leafIndex, uint256 drawn);
    error ClaimCourt_InvalidLeaf(uint256 index);
    error ClaimCourt_WrongAnswer(uint256 index);
    error ClaimCourt_KeySpent(uint256 index, bytes32 keyHash);
    error ClaimCourt_NamesTheModel(uint256 index, uint256 licenseId);
    error ClaimCourt_ScoreTooLow(int256 score, int256 needed);
    error ClaimCourt_TooEarly(uint64 readyAt);
    error ClaimCourt_WindowOver(uint64 endedAt);
    error ClaimCourt_NotCleared(uint256 claimId, uint256 index, uint256 licenseId);
    error ClaimCourt_NothingToSlash(address account);

    /// @notice Anchors a Merkle root over receipt digests (StandardMerkleTree of bytes32); the first time counts.
    function anchor(bytes32 root) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, court, sender, contentsHash, salt))`,
    /// contentsHash = keccak256(abi.encode(offence, UnpaidUse or DisguisedUse)).
    function commitClaim(bytes32 commitment) external;
    /// @notice Reveals offence 1: posts the claim bond, checks every receipt, sets the slash aside and opens the answer window.
    function revealUnpaidUse(UnpaidUse calldata contents, bytes32 salt) external returns (uint256 claimId);
    /// @notice Reveals offence 2: posts the claim bond; items follow.
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (uint256 claimId);
    /// @notice The next items of an offence-2 claim, in order. The last one admits the claim if the score suffices.
    function proveItems(uint256 claimId, Item[] calldata items) external;
    /// @notice Clears a hit, by anyone, within the window: its receipt is booked in the vault of that account's `licenseId` on M or a descendant.
    function clear(uint256 claimId, uint256 index, uint256 licenseId) external;
    /// @notice Ends a claim, by anyone, after the window.
    function finalise(uint256 claimId) external returns (ClaimState state);

    /// @notice Pays what a transfer could not deliver when a claim ended, by anyone.
    function withdraw(address payee) external returns (uint256 amount);

    function owed(address payee) external view returns (uint256);
    function contestedUse(uint256 claimId, uint256 index) external view returns (Use memory);
    function claim(uint256 claimId) external view returns (Claim memory);
    function claimCount() external view returns (uint256);
    function anchoredAt(bytes32 root) external view returns (uint64);
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
    function isSpent(bytes32 keyHash, address account) external view returns (bool);
    /// @notice Score a verifier's next claim needs: evidenceThreshold + ceil(log2(batches it committed)).
    function scoreNeeded(address verifier) external view returns (int256);
}
