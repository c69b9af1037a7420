// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Claim, Proof, Receipt, ReceiptEvidence} from "./Claims.sol";
import {IClaimRecords} from "./IClaimRecords.sol";
import {BatchOpening} from "./IVerifierRegistry.sol";

/// @notice The claim court as everybody uses it: anchors, balances, offence 1, and the end of every claim.
interface IUnpaidUses is IClaimRecords {
    event ReceiptsAnchored(bytes32 indexed root, address indexed by);
    event ClaimCommitted(bytes32 indexed commitment, address indexed claimant);
    event Deposited(address indexed claimant, address indexed from, uint256 amount, uint256 balance);
    event Withdrawn(address indexed claimant, address indexed to, uint256 amount, uint256 balance);
    /// @notice Whoever books `receipt.paymentRef` in `vault` and then calls `cure` by `answerBy` cures it;
    /// nothing cures equivocation.
    /// `witness`: the digest of the other receipt on the same money, 0 if there is none. `reserved`: what it added to
    /// the pot.
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

    error ClaimCourt_NothingOwed(address payee);
    error ClaimCourt_AlreadyAnchored(bytes32 root);
    error ClaimCourt_AlreadyCommitted(bytes32 commitment);
    error ClaimCourt_NoEquivocation(bytes32 witness, bytes32 accused);
    error ClaimCourt_NotCurable(bytes32 claimId);

    /// @notice Anchors a Merkle root over receipt digests (StandardMerkleTree of bytes32), by anyone; the first time
    /// counts.
    function anchor(bytes32 root) external;
    /// @notice Adds to a claimant's balance, out of which its claim bonds are posted (needs an allowance).
    function deposit(address claimant, uint256 amount) external;
    /// @notice Pays out of msg.sender's balance.
    function withdraw(uint256 amount, address to) external;
    /// @notice `commitment = keccak256(abi.encode(block.chainid, court, sender, contentsHash, salt))`, with
    /// contentsHash = keccak256 of
    /// abi.encode(UNPAID_USE, digest), abi.encode(EQUIVOCATION, accused digest, witness digest) or
    /// abi.encode(DISGUISED_USE, batchId, itemCount, hitsHash).
    function commitClaim(bytes32 commitment) external;
    /// @notice Reveals an unpaid use: posts the claim bond, checks the receipt, sets the slash aside and opens the
    /// answer window.
    function revealUnpaidUse(ReceiptEvidence calldata accused, bytes32 salt) external returns (bytes32 claimId);
    /// @notice Reveals two receipts on the same money. The one with the larger digest is accused: of n receipts on one
    /// payment, n - 1.
    function revealEquivocation(
        ReceiptEvidence calldata accused,
        ReceiptEvidence calldata witness,
        bytes32 salt
    ) external returns (bytes32 claimId);
    /// @notice Ends an unpaid use as PAID_LATE, by anyone, within the window: its receipt is booked now.
    function cure(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external;
    /// @notice Ends an unpaid use or an equivocation that nobody cured, by anyone, after the window.
    function finaliseUnpaidUse(Receipt calldata receipt, address claimant, bytes32 nonceSalt) external;
    /// @notice Ends a disguised use, by anyone, after the window.
    function finaliseDisguisedUse(address claimant, BatchOpening calldata batch) external;
    /// @notice Pays what a transfer could not deliver when a claim ended, by anyone.
    function pay(address payee) external returns (uint256 amount);
    function balanceOf(address claimant) external view returns (uint256);
    function owed(address payee) external view returns (uint256);
    function claim(bytes32 claimId) external view returns (Claim memory);
    /// @notice What open claims have set aside of an account's bond, how many they are, and whether the first of them
    /// is still open: it is
    /// served before the others. `slashed` within the cooldown, which ends at `cooldownEndsAt`.
    function potOf(
        address account
    ) external view returns (uint256 amount, uint256 open, bool firstIsOpen, uint256 slashed, uint256 cooldownEndsAt);
    function anchoredAt(bytes32 root) external view returns (uint40);
    function receiptDigest(Receipt calldata receipt) external view returns (bytes32);
    function proof(bytes32 claimId) external view returns (Proof memory);
}
