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

/// @notice What a claim remembers of a hit. The hits of a claim come to one hash:
/// h(0) = 0, h(i+1) = keccak256(abi.encode(h(i), index, digest, keyHash)), in the order of their indices.
struct HitRef {
    uint256 index;
    bytes32 digest; // of the receipt
    bytes32 keyHash; // its queryHash
}

/// @notice Offence 2: the first `itemCount` items of a drawn batch. The others are misses and need no
/// evidence.
struct DisguisedUse {
    BatchOpening batch;
    uint32 itemCount; // 1 to 256
    bytes32 hitsHash;
}

/// @notice EQUIVOCATION is offence 1 too: two answers for one payment, which booking does not cure.
enum Offence {
    NONE,
    UNPAID_USE,
    DISGUISED_USE,
    EQUIVOCATION
}

/// @notice PROVING: items are being submitted. CONTESTED: admitted, the answer window runs. The rest are ends:
/// SLASHED, PAID_LATE (booked only when contested), LAPSED (never
/// admitted: the claimant's bond burned).
enum ClaimState {
    NONE,
    PROVING,
    CONTESTED,
    SLASHED,
    PAID_LATE,
    LAPSED
}

/// @notice A claim as the contract keeps it: one slot. Parties and evidence stand in the events and are shown again at
/// every step.
struct Claim {
    ClaimState state;
    Offence offence;
    uint40 answerBy; // PROVING: end of the time to prove
    uint96 reach; // the most it can take of the account's bond; PROVING: the bond when it was revealed
    uint64 bond; // the claimant's
    bool opensPot; // the first of those that are open on its account: it is served before those that joined
}

/// @notice What is known beyond that of a claim of disguised use.
struct Proof {
    bytes32 hitsHash; // committed
    bytes32 provenHash; // of the hits proven so far
    uint40 revealedAt;
    uint32 itemCount;
    uint32 itemsProven;
    uint8 bits;
    int32 needed; // score at which it was admitted
}
