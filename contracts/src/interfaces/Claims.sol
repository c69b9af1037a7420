// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

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

/// @notice A receipt with what makes it count, but for who opens it.
struct SignedReceipt {
    Receipt receipt;
    bytes signature;
    bytes32 anchorRoot;
    bytes32[] anchorProof;
}

/// @notice A receipt that the claimant opens: `requestNonce = keccak256(abi.encode(claimant, nonceSalt))`.
struct ReceiptEvidence {
    SignedReceipt signed;
    bytes32 nonceSalt;
}

/// @notice The leaf of a code book that an item asked. Its index is the one drawn for the item, its key hash the
/// receipt's `queryHash`.
struct LeafEvidence {
    bytes candidates; // 2^bits times (1 byte length, so many bytes): strictly sorted, none a prefix of the next
    bytes32 salt;
    bytes32[] proof;
}

/// @notice A hit: item `index` of the batch, answered as the model answers.
struct Hit {
    uint256 index;
    ReceiptEvidence evidence;
    bytes32[] pairProof;
    LeafEvidence leaf;
}

/// @notice EQUIVOCATION is offence 1 too: two answers for one payment, which booking does not cure.
enum Offence {
    NONE,
    UNPAID_USE,
    DISGUISED_USE,
    EQUIVOCATION
}

/// @notice PROVING: items are being submitted. CONTESTED: the answer window runs. The rest are ends: SLASHED, PAID_LATE
/// (booked after the commitment), LAPSED (never proven: the claimant's bond burned). BLAMED: a blame of it is open.
/// EXCUSED: it was upheld.
enum ClaimState {
    NONE,
    PROVING,
    CONTESTED,
    SLASHED,
    PAID_LATE,
    LAPSED,
    BLAMED,
    EXCUSED
}

/// @notice A claim as the contract keeps it. Parties and evidence stand in the events and are shown again at every
/// step.
struct Claim {
    ClaimState state;
    Offence offence;
    uint40 answerBy; // PROVING: end of the time to prove
    uint40 potClosesAt; // which pot of its account it shares
    uint96 reach; // the most it can take of the account's bond
    uint64 bond; // the claimant's
    bool suspends; // the license that it names, until its uses are booked and the account is covered
}

/// @notice What is known beyond that of a claim of disguised use.
struct Proof {
    uint40 revealedAt;
    uint16 itemCount;
    uint16 itemsProven;
    uint16 hits;
    uint16 needed; // score, from when it was revealed
    int16 points; // of a hit; any other item: -1
    bytes32 hitsHash; // h(0) = 0, h(i + 1) = keccak256(abi.encode(h(i), digest of the i-th hit))
}

/// @notice What a claim of offence 1 rests on, beside its receipts.
struct UnpaidUse {
    Offence offence;
    uint256 modelId;
    address vault;
    bytes32 nonceSalt; // opens one of its receipts for the claimant
    uint256 bond;
    uint256 reach;
    uint256 reserved; // what it added to the pot
    uint40 answerBy;
}

/// @notice What a claim of offence 2 rests on, beside its items.
struct DisguisedUse {
    uint32 itemCount; // the first ones of the batch; those that are not shown as hits are misses
    uint256 needed; // score
    uint256 bond;
    uint256 reach;
    uint256 reserved;
    uint40 proveBy;
}

/// @notice How a claim ended, and where what it took, of the account's bond and of title bonds, went.
struct Ending {
    ClaimState state;
    uint256 taken; // of the account's bond
    uint256 fromTitles;
    uint256 toClaimant;
    uint256 toOwner;
    uint256 burned;
    uint256 bondBurned; // of the claimant's bond
}
