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

/// @notice The leaf of a code book that an item asked. Its index is the one drawn for the item, its key hash the receipt's `queryHash`.
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

/// @notice Offence 2: the first `itemCount` items of a drawn batch. Those that are no hits are misses and need no evidence.
struct DisguisedUse {
    BatchOpening batch;
    uint32 itemCount; // 1 to 256
    bytes32 hitsHash;
}

/// @notice An open claim of disguised use, as every later step shows it again: the contract keeps hashes only.
struct OpenClaim {
    address claimant;
    BatchOpening batch;
    HitRef[] hits; // all of them
}

/// @notice A payment that answers the hit at `at` of an open claim: its receipt is booked in the vault of `licenseId`.
struct Payment {
    uint256 at; // position in `hits`
    Receipt receipt;
    uint256 licenseId;
}

/// @notice A payment one step upstream: the host asked another host, as client, and paid it.
struct UpstreamPayment {
    uint256 at;
    Receipt receipt; // of the hit
    SignedReceipt upstream;
    uint256 licenseId; // of the other host
}

/// @notice EQUIVOCATION is offence 1 too: two answers for one payment, which booking does not cure.
enum Offence {
    NONE,
    UNPAID_USE,
    DISGUISED_USE,
    EQUIVOCATION
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

/// @notice A claim as the contract keeps it: one slot. Parties and evidence stand in the events and are shown again at every step.
struct Claim {
    ClaimState state;
    Offence offence;
    uint40 answerBy; // PROVING: end of the time to prove
    uint96 reach; // the most it can take of the account's bond; PROVING: the bond when it was revealed
    uint64 bond; // the claimant's
    uint32 ordinal; // of admission, per account
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
    uint96 titleReserved;
    uint256 live; // bit i: hit number i (position in `hits`) counts
    uint256 titled; // bit i: it is booked for the model `titleModelId`, whose title bond answers
    uint256 titleModelId;
}

/// @notice Decides both objective offences without a vote (protocol §5). A claim is known by the digest of the receipt it accuses, or by
/// the batch that it opens: so no receipt is claimed twice, and every step can show again what the contract keeps as a hash only.
interface IClaimCourt {
    event ReceiptsAnchored(bytes32 indexed root, address indexed by);
    event ClaimCommitted(bytes32 indexed commitment, address indexed claimant);
    event Deposited(address indexed claimant, address indexed from, uint256 amount, uint256 balance);
    event Withdrawn(address indexed claimant, address indexed to, uint256 amount, uint256 balance);
    /// @notice Whoever books `receipt.paymentRef` in `vault` and then calls `answer` by `answerBy` answers it; equivocation has no answer.
    /// `witness`: the digest of the other receipt on the same money, 0 if there is none. `reserved`: what it added to the pot.
    event UnpaidUseClaimed(
        bytes32 indexed claimId,
        address indexed claimant,
        address indexed account,
        uint256 modelId,
        address vault,
        bytes32 nonceSalt,
        bytes32 witness,
        uint256 bond,
        uint256 reach,
        uint256 reserved,
        uint40 answerBy,
        Receipt receipt
    );
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
        bytes32 indexed claimId, address indexed account, int256 score, int256 needed, uint256 reach, uint256 reserved, uint40 answerBy
    );
    event HitCleared(bytes32 indexed claimId, uint256 index, uint256 licenseId, int256 score);
    event HitTitled(bytes32 indexed claimId, uint256 index, uint256 licenseId);
    /// @notice Without the titled hits the claim would fall: the title bond of `modelId` answers first.
    event TitleCharged(bytes32 indexed claimId, uint256 indexed modelId, uint256 reserved);
    /// @notice `taken`: of the account's bond. `fromTitle`: of a title bond.
    event ClaimFinalised(
        bytes32 indexed claimId,
        ClaimState state,
        uint256 taken,
        uint256 fromTitle,
        uint256 toClaimant,
        uint256 toOwner,
        uint256 toPool,
        uint256 burned
    );
    /// @notice The token refused a payment to `payee`; `pay` tries it again.
    event Credited(address indexed payee, uint256 amount);

    error ClaimCourt_InsufficientBalance(address claimant, uint256 balance, uint256 needed);
    error ClaimCourt_NothingOwed(address payee);
    error ClaimCourt_AlreadyAnchored(bytes32 root);
    error ClaimCourt_AlreadyCommitted(bytes32 commitment);
    error ClaimCourt_UnknownCommitment(bytes32 commitment);
    error ClaimCourt_RevealTooEarly(uint256 block_);
    error ClaimCourt_CommitmentExpired(uint256 block_);
    error ClaimCourt_InvalidSignature(bytes32 digest);
    error ClaimCourt_UnknownSigner(bytes32 digest, address signer);
    error ClaimCourt_NotYourNonce(bytes32 digest, bytes32 requestNonce);
    error ClaimCourt_NotAnchored(bytes32 digest, bytes32 root);
    error ClaimCourt_AnchoredTooLate(bytes32 digest, uint256 anchoredAt);
    error ClaimCourt_SignerRevoked(bytes32 digest, address signer);
    error ClaimCourt_ReceiptTooYoung(bytes32 digest, uint256 answeredAt);
    error ClaimCourt_ReceiptTooOld(bytes32 digest, uint256 answeredAt);
    error ClaimCourt_NotLicensed(bytes32 digest, uint256 licenseId);
    error ClaimCourt_WrongAccount(bytes32 digest, address account);
    error ClaimCourt_AlreadyBooked(bytes32 digest, bytes32 paymentRef);
    error ClaimCourt_NotBooked(bytes32 digest, uint256 licenseId);
    error ClaimCourt_NoEquivocation(bytes32 witness, bytes32 accused);
    error ClaimCourt_NoAnswer(bytes32 claimId);
    error ClaimCourt_WrongState(bytes32 claimId, ClaimState state);
    error ClaimCourt_TooEarly(uint256 readyAt);
    error ClaimCourt_WindowOver(uint256 endedAt);
    error ClaimCourt_LeadFirst(address account, uint32 ordinal);
    error ClaimCourt_NothingToSlash(address account);
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
    error ClaimCourt_RepeatedKey(uint256 index, bytes32 keyHash);
    error ClaimCourt_ScoreTooLow(int256 score, int256 needed);
    error ClaimCourt_HitNotLive(bytes32 claimId, uint256 at);
    error ClaimCourt_WrongReceipt(bytes32 shown, bytes32 kept);
    error ClaimCourt_NotOnModel(uint256 licenseId, uint256 modelId);
    error ClaimCourt_NotUpstream(bytes32 digest, bytes32 upstream);
    error ClaimCourt_PaymentUsed(bytes32 paymentRef, uint256 cumulative);
    error ClaimCourt_NotHidden(uint256 titleModelId, uint256 modelId);
    error ClaimCourt_OtherTitle(uint256 titleModelId, uint256 charged);

    /// @notice Anchors a Merkle root over receipt digests (StandardMerkleTree of bytes32), by anyone; the first time counts.
    function anchor(bytes32 root) external;
    /// @notice Adds to a claimant's balance, out of which its claim bonds are posted (needs an allowance).
    function deposit(address claimant, uint256 amount) external;
    /// @notice Pays out of msg.sender's balance.
    function withdraw(uint256 amount, address to) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, court, sender, contentsHash, salt))`, with contentsHash = keccak256 of
    /// abi.encode(UNPAID_USE, digest), abi.encode(EQUIVOCATION, accused digest, witness digest) or
    /// abi.encode(DISGUISED_USE, batchId, itemCount, hitsHash).
    function commitClaim(bytes32 commitment) external;

    /// @notice Reveals an unpaid use: posts the claim bond, checks the receipt, sets the slash aside and opens the answer window.
    function revealUnpaidUse(ReceiptEvidence calldata accused, bytes32 salt) external returns (bytes32 claimId);
    /// @notice Reveals two receipts on the same money. The one with the larger digest is accused: of n receipts on one payment, n - 1.
    function revealEquivocation(ReceiptEvidence calldata accused, ReceiptEvidence calldata witness, bytes32 salt)
        external
        returns (bytes32 claimId);
    /// @notice Ends an unpaid use as PAID_LATE, by anyone, within the window: its receipt is booked now.
    function answer(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external;
    /// @notice Ends an unpaid use or an equivocation that nobody answered, by anyone, after the window.
    function finaliseUnpaidUse(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external;

    /// @notice Reveals a disguised use: posts the claim bond; items follow. A claim that lapsed may be revealed anew.
    function revealDisguisedUse(DisguisedUse calldata contents, bytes32 salt) external returns (bytes32 claimId);
    /// @notice The next items of msg.sender's claim, up to and without `upTo`: these hits, in order, and misses between them.
    function proveItems(BatchOpening calldata batch, uint256 upTo, Hit[] calldata hits) external;
    /// @notice Admits msg.sender's claim once all items are proven, if the score suffices: spends the keys, opens the batch, sets the slash
    /// aside and opens the answer window. A key that another claim spent meanwhile counts as a miss.
    function admit(BatchOpening calldata batch, HitRef[] calldata hits) external;
    /// @notice Clears hits, by anyone, within the window: booked in a vault of that account on the model or a descendant.
    function clear(OpenClaim calldata open, Payment[] calldata payments) external;
    /// @notice Clears hits, by anyone, within the window: the account asked another host, before it answered, and that use is booked for
    /// the model or a descendant.
    function clearUpstream(OpenClaim calldata open, UpstreamPayment[] calldata payments) external;
    /// @notice Shows, by anyone, within the window, that hits are booked for a model of another owner that is no descendant.
    function chargeTitle(OpenClaim calldata open, Payment[] calldata payments) external;
    /// @notice Ends a disguised use, by anyone, after the window.
    function finaliseDisguisedUse(address claimant, BatchOpening calldata batch) external;

    /// @notice Pays what a transfer could not deliver when a claim ended, by anyone.
    function pay(address payee) external returns (uint256 amount);

    function balanceOf(address claimant) external view returns (uint256);
    function owed(address payee) external view returns (uint256);
    function claim(bytes32 claimId) external view returns (Claim memory);
    function proof(bytes32 claimId) external view returns (Proof memory);
    /// @notice What open claims have set aside of an account's bond, how many they are, and which ordinal is served first.
    function potOf(address account) external view returns (uint256 amount, uint32 open, uint32 lead, uint256 slashed, uint40 cooldownEndsAt);
    function anchoredAt(bytes32 root) external view returns (uint40);
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
    /// @notice Has an admitted claim on this account used up a key of this code book?
    function isSpent(address account, uint256 modelId, uint32 release, uint256 keyIndex) external view returns (bool);
    /// @notice Score a verifier's next claim needs: evidenceThreshold + ceil(log2(batches it committed)).
    function scoreNeeded(address verifier) external view returns (int256);
}
