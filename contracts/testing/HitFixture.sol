// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtFixture} from "./CourtFixture.sol";
import {Merkle} from "./Merkle.sol";
import {Hit, LeafEvidence, Offence, Receipt} from "../src/interfaces/Claims.sol";
import {Release} from "../src/interfaces/IModelRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Answer} from "../src/libraries/Answer.sol";
import {BatchDraw} from "../src/libraries/BatchDraw.sol";
import {Leaves} from "../src/libraries/Leaves.sol";
import {ReceiptHash} from "../src/libraries/ReceiptHash.sol";

/// @notice The libraries take calldata: this lets a test hand them memory.
contract BatchHash {
    function of_(address verifier, BatchOpening calldata opening) external pure returns (bytes32) {
        return BatchDraw.batchId(verifier, opening);
    }
}

/// @notice A code book of 16 common keys with 4 candidates each, batches of 16 items, and claims of disguised use.
abstract contract HitFixture is CourtFixture {
    uint256 internal constant KEYS = 16;
    uint8 internal constant BITS = 2;

    BatchHash private batchHash = new BatchHash();
    bytes internal candidates_ = abi.encodePacked(
        uint8(5),
        "amber",
        uint8(5),
        "birch",
        uint8(5),
        "cedar",
        uint8(4),
        "dune"
    );
    bytes32[] internal bookLeaves;
    bytes32 private newestSalt; // of the batch that was opened last
    mapping(bytes32 batchId => bytes32) private saltOf;

    function prepareBook() internal {
        for (uint256 i = 0; i < KEYS; ++i) bookLeaves.push(leafHash(i));
    }

    // The code book

    function keyHash(uint256 index) internal pure virtual returns (bytes32) {
        return keccak256(abi.encode("key", index));
    }

    function leafSalt(uint256 index) internal pure returns (bytes32) {
        return keccak256(abi.encode("leaf", index));
    }

    function candidates() internal view returns (bytes memory) {
        return candidates_;
    }

    function candidate(uint256 i) internal pure returns (bytes32) {
        return [bytes32("amber"), "birch", "cedar", "dune"][i];
    }

    function leafHash(uint256 index) internal view returns (bytes32) {
        return Leaves.codeBookLeaf(index, keyHash(index), keccak256(candidates()), BITS, leafSalt(index));
    }

    function selected(uint256 index) internal view returns (bytes32) {
        Release memory release = models.releaseOf(modelId, 1);
        return
            candidate(Answer.answerIndex(release.beacon, release.root, index, leafSalt(index), keyHash(index), BITS));
    }

    // Batches

    /// @notice What opens the nonce of an item of the newest batch: those of one batch differ in their last byte.
    function pairSalt(uint256 i) internal view returns (bytes32) {
        return pairSalt(newestSalt, i);
    }

    function pairSalt(bytes32 batchSalt, uint256 i) internal pure returns (bytes32) {
        return bytes32((uint256(keccak256(abi.encode("pair", batchSalt))) << 8) | i);
    }

    function pairLeaves(bytes32 batchSalt) internal view returns (bytes32[] memory leaves) {
        leaves = new bytes32[](KEYS);
        for (uint256 i = 0; i < KEYS; ++i) {
            leaves[i] = Leaves.pairLeaf(i, BUYER, ReceiptHash.requestNonce(VERIFIER, pairSalt(batchSalt, i)));
        }
    }

    /// @notice A batch of 16 items against HOST on the model: item i is asked by BUYER under the nonce that
    /// `pairSalt(i)` opens.
    function batchOpening(bytes32 salt) internal returns (BatchOpening memory) {
        newestSalt = salt;
        return
            BatchOpening({
                account: HOST,
                modelId: modelId,
                release: 1,
                licenseIds: new uint256[](0),
                itemCount: uint32(KEYS),
                pairsRoot: Merkle.root(pairLeaves(salt)),
                salt: salt
            });
    }

    function batchId(BatchOpening memory opening) internal view returns (bytes32) {
        return batchHash.of_(VERIFIER, opening);
    }

    function commitBatch(BatchOpening memory opening) internal returns (bytes32 id) {
        vm.prank(VERIFIER);
        id = verifiers.commitBatch(keccak256(abi.encode(opening)));
        saltOf[id] = newestSalt;
    }

    function drawBatch(bytes32 salt) internal returns (BatchOpening memory opening, bytes32 id) {
        opening = batchOpening(salt);
        id = commitAndDraw(opening);
    }

    function commitAndDraw(BatchOpening memory opening) internal returns (bytes32 id) {
        id = commitBatch(opening);
        drawKeys(id);
    }

    function drawKeys(bytes32 id) internal {
        postRound(verifiers.batch(id).round);
    }

    function keyAt(bytes32 id, uint256 item) internal view returns (uint256) {
        return BatchDraw.keyIndexAt(beacon.valueOf(verifiers.batch(id).round), id, item, KEYS);
    }

    // Hits

    /// @notice A host that names `named` answers item `item` as the model does.
    function hit(bytes32 id, uint256 item, uint256 named) internal returns (Hit memory h) {
        uint256 key = keyAt(id, item);
        bytes32 nonceSalt = pairSalt(saltOf[id], item);
        Receipt memory r = answered(named, nonceSalt);
        r.queryHash = keyHash(key);
        r.head = selected(key);
        h.index = item;
        h.evidence = prove(r, nonceSalt);
        h.pairProof = Merkle.proof(pairLeaves(saltOf[id]), item);
        h.leaf = LeafEvidence({candidates: candidates(), salt: leafSalt(key), proof: Merkle.proof(bookLeaves, key)});
    }

    /// @notice Hits of the first items, as many as it takes to score so much.
    function hits(bytes32 id, uint256 score) internal returns (Hit[] memory found) {
        uint256 count = score / (BITS - 1) + (score % (BITS - 1) == 0 ? 0 : 1);
        found = new Hit[](count);
        for (uint256 i = 0; i < count; ++i) found[i] = hit(id, i, 0);
    }

    function digestsOf(Hit[] memory all) internal view returns (bytes32[] memory digests) {
        digests = new bytes32[](all.length);
        for (uint256 i = 0; i < all.length; ++i) digests[i] = digestOf(all[i].evidence);
    }

    function part(Hit[] memory all, uint256 from, uint256 to) internal pure returns (Hit[] memory some) {
        some = new Hit[](to - from);
        for (uint256 i = from; i < to; ++i) some[i - from] = all[i];
    }

    // Claims

    function contentsHash(BatchOpening memory opening, uint256 items) internal view returns (bytes32) {
        return keccak256(abi.encode(Offence.DISGUISED_USE, batchId(opening), uint32(items)));
    }

    /// @notice Commits, waits until the receipts are of age, reveals.
    function reveal(BatchOpening memory opening, uint256 items) internal returns (bytes32 claimId) {
        commit(contentsHash(opening, items));
        vm.warp(block.timestamp + 12);
        vm.prank(VERIFIER);
        return court.revealDisguisedUse(opening, uint32(items), SALT);
    }

    function proveItems(BatchOpening memory opening, uint256 upTo, Hit[] memory some) internal {
        vm.prank(VERIFIER);
        court.proveItems(opening, upTo, some);
    }

    /// @notice Reveals and proves.
    function claimDisguised(BatchOpening memory opening, Hit[] memory found, uint256 items) internal {
        reveal(opening, items);
        proveItems(opening, items, found);
    }
}

/// @notice The model with that code book, one license of HOST on it, and every actor with 1,000 dollars.
abstract contract HitTest is HitFixture {
    function setUp() public virtual {
        deployCourt();
        openDoors();
        prepareBook();
        modelId = mintModel(OWNER, Merkle.root(bookLeaves), 5_000);
        openAccount(HOST, SIGNER_KEY, BOND);
        licenseId = accept(HOST, modelId);
        serve(OWNER, licenseId);
    }
}
