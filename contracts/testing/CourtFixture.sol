// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {FixtureTest} from "./Fixture.sol";
import {
    Claim,
    ClaimState,
    DisguisedUse,
    Item,
    LeafEvidence,
    Offence,
    Receipt,
    ReceiptEvidence,
    UnpaidUse
} from "../src/interfaces/IClaimCourt.sol";
import {Model} from "../src/interfaces/IModelRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Evidence} from "../src/libraries/Evidence.sol";

/// @notice The libraries take calldata: this lets a test hand them memory.
contract LeafHash {
    function of_(LeafEvidence calldata leaf) external pure returns (bytes32) {
        return Evidence.codeBookLeaf(leaf);
    }
}

/// @notice A licensed host, a code book of 16 common keys with 4 candidates each, and claims of both kinds against it.
abstract contract CourtFixture is FixtureTest {
    uint256 internal constant KEYS = 16;
    bytes32 internal constant SALT = "salt";

    LeafHash private hasher;
    bytes32[] internal bookLeaves;
    bytes32[] internal pairLeaves;
    uint256 internal modelId;
    uint256 internal licenseId;
    uint256 private receipts;

    function setUp() public virtual override {
        super.setUp();
        prepare();
    }

    function prepare() internal {
        hasher = new LeafHash();
        for (uint256 i = 0; i < KEYS; ++i) bookLeaves.push(hasher.of_(leafAt(i)));
        modelId = mintModel(OWNER, root(bookLeaves), 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        licenseId = accept(HOST, modelId);
        vm.prank(VERIFIER);
        verifiers.stake(20 * DOLLAR, "key");
    }

    // Receipts

    /// @notice An answer of the host to the verifier's client, now, charged to the exact payment "pay n".
    function answer(uint256 named, bytes32 nonceSalt) internal returns (Receipt memory r) {
        r.licenseId = named;
        r.client = BUYER;
        r.requestNonce = Evidence.requestNonce(VERIFIER, nonceSalt);
        r.queryHash = keccak256("query");
        r.head = "amber and more";
        r.responseHash = keccak256("response");
        r.paymentRef = paymentRef(paymentNonce(++receipts));
        r.amount = 5_000;
        r.cumulative = 5_000;
        r.answeredAt = block.timestamp;
    }

    function paymentNonce(uint256 n) internal pure returns (bytes32) {
        return keccak256(abi.encode("pay", n));
    }

    /// @notice Pays what the latest receipt owes, in the vault of `licenseId_`.
    function bookLatest(uint256 licenseId_) internal {
        book(licenseId_, paymentNonce(receipts), 5_000);
    }

    function digestOf(Receipt memory r) internal view returns (bytes32) {
        return court.receiptDigest(r);
    }

    /// @notice Signs a receipt by the host's signer and anchors it alone.
    function prove(Receipt memory r, bytes32 nonceSalt) internal returns (ReceiptEvidence memory e) {
        return proveBy(SIGNER_KEY, r, nonceSalt);
    }

    function proveBy(uint256 key, Receipt memory r, bytes32 nonceSalt) internal returns (ReceiptEvidence memory e) {
        bytes32 digest = digestOf(r);
        e.receipt = r;
        e.signature = sign(key, digest);
        e.anchorRoot = Evidence.anchorLeaf(digest);
        e.nonceSalt = nonceSalt;
        if (court.anchoredAt(e.anchorRoot) == 0) court.anchor(e.anchorRoot);
    }

    // Offence 1

    function unpaid(ReceiptEvidence memory e) internal pure returns (UnpaidUse memory contents) {
        contents.receipts = new ReceiptEvidence[](1);
        contents.receipts[0] = e;
    }

    function unpaid(ReceiptEvidence memory a, ReceiptEvidence memory b) internal pure returns (UnpaidUse memory contents) {
        contents.receipts = new ReceiptEvidence[](2);
        contents.receipts[0] = a;
        contents.receipts[1] = b;
    }

    /// @notice One fresh unpaid use that names the host's license.
    function unpaidUse(bytes32 nonceSalt) internal returns (UnpaidUse memory) {
        return unpaid(prove(answer(licenseId, nonceSalt), nonceSalt));
    }

    function commit(bytes32 contentsHash) internal {
        bytes32 commitment = keccak256(abi.encode(block.chainid, address(court), VERIFIER, contentsHash, SALT));
        vm.prank(VERIFIER);
        court.commitClaim(commitment);
        vm.roll(block.number + 1);
    }

    /// @notice Commits, lets the receipts come of age, and reveals.
    function claimUnpaid(UnpaidUse memory contents) internal returns (uint256) {
        commitUnpaid(contents);
        vm.prank(VERIFIER);
        return court.revealUnpaidUse(contents, SALT);
    }

    function commitUnpaid(UnpaidUse memory contents) internal {
        commit(keccak256(abi.encode(Offence.UNPAID_USE, contents)));
        vm.warp(block.timestamp + 12);
    }

    function finalise(uint256 claimId) internal returns (ClaimState) {
        vm.warp(court.claim(claimId).answerBy + 1);
        return court.finalise(claimId);
    }

    function stateOf(uint256 claimId) internal view returns (ClaimState) {
        return court.claim(claimId).state;
    }

    // Offence 2

    function leafAt(uint256 index) internal pure returns (LeafEvidence memory leaf) {
        leaf.index = index;
        leaf.keyHash = keccak256(abi.encode("key", index));
        leaf.candidates = new bytes32[](4);
        leaf.candidates[0] = "amber";
        leaf.candidates[1] = "birch";
        leaf.candidates[2] = "cedar";
        leaf.candidates[3] = "dune";
        leaf.bits = 2;
        leaf.salt = keccak256(abi.encode("leaf", index));
    }

    function pairSalt(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("pair", i));
    }

    /// @notice Commits and draws a batch of 16 items against HOST on the model.
    function drawBatch(bytes32 salt) internal returns (BatchOpening memory opening, bytes32 batchId) {
        delete pairLeaves;
        for (uint256 i = 0; i < KEYS; ++i) {
            pairLeaves.push(Evidence.pairLeaf(i, BUYER, Evidence.requestNonce(VERIFIER, pairSalt(i))));
        }
        opening = BatchOpening({account: HOST, modelId: modelId, pairsRoot: root(pairLeaves), itemCount: KEYS, salt: salt});
        batchId = Evidence.batchId(VERIFIER, opening);
        vm.prank(VERIFIER);
        verifiers.commitBatch(batchId);
        vm.roll(block.number + 3);
        verifiers.drawBatch(batchId);
    }

    function keyAt(bytes32 batchId, uint256 i) internal view returns (uint256) {
        return Evidence.keyIndexAt(verifiers.batch(batchId).beacon, batchId, i, KEYS);
    }

    /// @notice A host that names `named` answers item `i` as the model does.
    function hit(bytes32 batchId, uint256 i, uint256 named) internal returns (Item memory item) {
        item.hit = true;
        item.leaf = leafAt(keyAt(batchId, i));
        item.leaf.proof = proof(bookLeaves, item.leaf.index);
        item.pairProof = proof(pairLeaves, i);
        Receipt memory r = answer(named, pairSalt(i));
        Model memory model = models.model(modelId);
        r.queryHash = item.leaf.keyHash;
        r.head = item.leaf.candidates[Evidence.answerIndex(model.beacon, item.leaf.salt, item.leaf.keyHash, 2)];
        item.evidence = prove(r, pairSalt(i));
    }

    /// @notice The first items of a batch, as many as a score of `score` needs; a key drawn again is a miss.
    function hits(bytes32 batchId, uint256 score) internal returns (Item[] memory items) {
        Item[] memory all = new Item[](KEYS);
        uint256 seen = 0;
        int256 reached = 0;
        uint256 count = 0;
        while (reached < int256(score)) {
            uint256 key = keyAt(batchId, count);
            bool fresh = seen & (1 << key) == 0;
            seen |= 1 << key;
            if (fresh) all[count] = hit(batchId, count, 0);
            reached += fresh ? int256(1) : -1;
            ++count;
        }
        items = new Item[](count);
        for (uint256 i = 0; i < count; ++i) items[i] = all[i];
    }

    function itemsHash(Item[] memory items) internal pure returns (bytes32 rolling) {
        for (uint256 i = 0; i < items.length; ++i) {
            rolling = keccak256(abi.encode(rolling, keccak256(abi.encode(items[i]))));
        }
    }

    function claimDisguised(BatchOpening memory opening, Item[] memory items) internal returns (uint256) {
        DisguisedUse memory contents = DisguisedUse({batch: opening, itemCount: items.length, itemsHash: itemsHash(items)});
        commit(keccak256(abi.encode(Offence.DISGUISED_USE, contents)));
        vm.warp(block.timestamp + 12);
        vm.prank(VERIFIER);
        return court.revealDisguisedUse(contents, SALT);
    }

    function proveItems(uint256 claimId, Item[] memory items) internal {
        vm.prank(VERIFIER);
        court.proveItems(claimId, items);
    }

    function part(Item[] memory items, uint256 from, uint256 to) internal pure returns (Item[] memory some) {
        some = new Item[](to - from);
        for (uint256 i = from; i < to; ++i) some[i - from] = items[i];
    }

    // Merkle trees over a power of two of leaves

    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        while (leaves.length > 1) leaves = above(leaves);
        return leaves[0];
    }

    function proof(bytes32[] memory leaves, uint256 index) internal pure returns (bytes32[] memory path) {
        path = new bytes32[](4);
        for (uint256 i = 0; i < 4; ++i) {
            path[i] = leaves[index ^ 1];
            leaves = above(leaves);
            index /= 2;
        }
    }

    function above(bytes32[] memory leaves) private pure returns (bytes32[] memory nodes) {
        nodes = new bytes32[](leaves.length / 2);
        for (uint256 i = 0; i < nodes.length; ++i) {
            (bytes32 a, bytes32 b) = (leaves[2 * i], leaves[2 * i + 1]);
            nodes[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
        }
    }
}
