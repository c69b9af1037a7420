// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtFixture} from "./CourtFixture.sol";
import {Merkle} from "./Merkle.sol";
import {DisguisedUse, Hit, HitRef, LeafEvidence, Offence, Receipt} from "../src/interfaces/Claims.sol";
import {Release} from "../src/interfaces/IModelRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Answer} from "../src/libraries/Answer.sol";
import {BatchDraw} from "../src/libraries/BatchDraw.sol";
import {HitsHash} from "../src/libraries/HitsHash.sol";
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
    bytes32[] internal pairLeaves;

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

    function pairSalt(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("pair", i));
    }

    /// @notice A batch of 16 items against HOST on the model: item i is asked by BUYER under the nonce that
    /// `pairSalt(i)` opens.
    function batchOpening(bytes32 salt) internal returns (BatchOpening memory) {
        if (pairLeaves.length == 0) {
            for (uint256 i = 0; i < KEYS; ++i) {
                pairLeaves.push(Leaves.pairLeaf(i, BUYER, ReceiptHash.requestNonce(VERIFIER, pairSalt(i))));
            }
        }
        return
            BatchOpening({
                account: HOST,
                modelId: modelId,
                release: 1,
                pairsRoot: Merkle.root(pairLeaves),
                itemCount: uint32(KEYS),
                salt: salt
            });
    }

    function batchId(BatchOpening memory opening) internal view returns (bytes32) {
        return batchHash.of_(VERIFIER, opening);
    }

    function commitBatch(BatchOpening memory opening) internal returns (bytes32 id) {
        id = batchId(opening);
        vm.prank(VERIFIER);
        verifiers.commitBatch(id);
    }

    function drawBatch(bytes32 salt) internal returns (BatchOpening memory opening, bytes32 id) {
        opening = batchOpening(salt);
        id = commitBatch(opening);
        vm.roll(block.number + 3);
        verifiers.drawBatch(id);
    }

    function keyAt(bytes32 id, uint256 item) internal view returns (uint256) {
        return BatchDraw.keyIndexAt(verifiers.batch(id).beacon, id, item, KEYS);
    }

    // Hits

    /// @notice A host that names `named` answers item `item` as the model does.
    function hit(bytes32 id, uint256 item, uint256 named) internal returns (Hit memory h) {
        uint256 key = keyAt(id, item);
        Receipt memory r = answered(named, pairSalt(item));
        r.queryHash = keyHash(key);
        r.head = selected(key);
        h.index = item;
        h.evidence = prove(r, pairSalt(item));
        h.pairProof = Merkle.proof(pairLeaves, item);
        h.leaf = LeafEvidence({candidates: candidates(), salt: leafSalt(key), proof: Merkle.proof(bookLeaves, key)});
    }

    /// @notice The hits among the first items, and how many items: until they score `score` if every fresh key is a
    /// hit.
    function hits(bytes32 id, uint256 score) internal returns (Hit[] memory found, uint256 items) {
        Hit[] memory all = new Hit[](KEYS);
        uint256 seen = 0;
        uint256 count = 0;
        for (int256 reached = 0; reached < int256(score); ++items) {
            uint256 key = keyAt(id, items);
            bool fresh = seen & (1 << key) == 0;
            seen |= 1 << key;
            if (fresh) all[count++] = hit(id, items, 0);
            reached += fresh ? int256(uint256(BITS)) - 1 : -1;
        }
        found = part(all, 0, count);
    }

    function part(Hit[] memory all, uint256 from, uint256 to) internal pure returns (Hit[] memory some) {
        some = new Hit[](to - from);
        for (uint256 i = from; i < to; ++i) some[i - from] = all[i];
    }

    function refs(Hit[] memory found) internal view returns (HitRef[] memory list) {
        list = new HitRef[](found.length);
        for (uint256 i = 0; i < found.length; ++i) {
            list[i] = HitRef(found[i].index, digestOf(found[i].evidence), found[i].evidence.signed.receipt.queryHash);
        }
    }

    function hitsHash(HitRef[] memory list) internal pure returns (bytes32 hash) {
        for (uint256 i = 0; i < list.length; ++i) {
            hash = HitsHash.addHit(hash, list[i].index, list[i].digest, list[i].keyHash);
        }
    }

    // Claims

    function contentsHash(DisguisedUse memory contents) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(Offence.DISGUISED_USE, batchId(contents.batch), contents.itemCount, contents.hitsHash)
            );
    }

    /// @notice Commits, waits until the receipts are of age, reveals.
    function reveal(BatchOpening memory opening, Hit[] memory found, uint256 items) internal returns (bytes32 claimId) {
        DisguisedUse memory contents = DisguisedUse(opening, uint32(items), hitsHash(refs(found)));
        commit(contentsHash(contents));
        vm.warp(block.timestamp + 12);
        vm.prank(VERIFIER);
        return court.revealDisguisedUse(contents, SALT);
    }

    function proveItems(BatchOpening memory opening, uint256 upTo, Hit[] memory some) internal {
        vm.prank(VERIFIER);
        court.proveItems(opening, upTo, some);
    }

    function admit(BatchOpening memory opening, HitRef[] memory list) internal {
        vm.prank(VERIFIER);
        court.admit(opening, list);
    }

    /// @notice Reveals, proves and admits.
    function claimDisguised(BatchOpening memory opening, Hit[] memory found, uint256 items) internal {
        reveal(opening, found, items);
        proveItems(opening, items, found);
        admit(opening, refs(found));
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
