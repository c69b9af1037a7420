// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Handler} from "./Handler.sol";
import {Hit, LeafEvidence, Offence, Receipt, ReceiptEvidence, SignedReceipt} from "../../src/interfaces/Claims.sol";
import {IClaimCourt} from "../../src/interfaces/IClaimCourt.sol";
import {CodeBook, MintParams, Release} from "../../src/interfaces/IModelRegistry.sol";
import {Rules} from "../../src/interfaces/IParameters.sol";
import {BatchOpening} from "../../src/interfaces/IVerifierRegistry.sol";
import {Check} from "../../testing/Check.sol";
import {CourtFixture} from "../../testing/CourtFixture.sol";
import {BatchHash} from "../../testing/HitFixture.sol";
import {Merkle} from "../../testing/Merkle.sol";
import {Answer} from "../../src/libraries/Answer.sol";
import {BatchDraw} from "../../src/libraries/BatchDraw.sol";
import {Leaves} from "../../src/libraries/Leaves.sol";
import {ReceiptHash} from "../../src/libraries/ReceiptHash.sol";

/// @notice A host that never had OWNER's model answers one of 64 candidates as it likes, and a verifier tries
/// everything against it: the
/// hits of chance alone, and hits bent in six ways. The threshold is the protocol's.
contract CleanHandler is CourtFixture, Handler {
    uint256 private constant KEYS = 64;
    uint8 private constant BITS = 6;

    BatchHash private batchHash = new BatchHash();
    bytes32[] private bookLeaves;
    bytes32[] private pairLeaves;
    uint256 private batches;
    /// @notice Items that the host answered, and how many of them hit.
    uint256 public asked;
    uint256 public hitsOfChance;

    constructor() {
        deployCourt();
        openDoors();
        for (uint256 i = 0; i < KEYS; ++i) {
            bookLeaves.push(Leaves.codeBookLeaf(i, keyHash(i), keccak256(candidates()), BITS, bytes32(i)));
            pairLeaves.push(Leaves.pairLeaf(i, BUYER, ReceiptHash.requestNonce(VERIFIER, bytes32(i))));
        }
        modelId = mintBook(Merkle.root(bookLeaves));
        openAccount(HOST, SIGNER_KEY, BOND);
        token.mint(VERIFIER, 1e9 * DOLLAR);
        vm.prank(VERIFIER);
        court.deposit(VERIFIER, 1e6 * DOLLAR);
    }

    /// @notice A batch of 64 questions; `bend` says how the verifier betters its evidence, 0: not at all.
    function probe(uint256 seed, uint256 bend) external {
        bend %= 7;
        BatchOpening memory opening = BatchOpening(
            HOST,
            modelId,
            1,
            new uint256[](0),
            uint32(KEYS),
            Merkle.root(pairLeaves),
            keccak256(abi.encode(++batches))
        );
        bytes32 id = batchHash.of_(VERIFIER, opening);
        vm.prank(VERIFIER);
        eq(verifiers.commitBatch(keccak256(abi.encode(opening))), id);
        postRound(verifiers.batch(id).round);
        (Hit[] memory found, uint256 items) = ask(id, seed, bend);
        unless(found.length == 0);
        accuse(opening, found, items, bend != 0);
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 1_000));
    }

    /// @dev Up to the first hit of chance, or to the tenth question; a bent claim has one more, which is none.
    function ask(bytes32 id, uint256 seed, uint256 bend) private returns (Hit[] memory found, uint256 items) {
        bytes32 batchBeacon = beacon.valueOf(verifiers.batch(id).round);
        found = new Hit[](1);
        for (items = 0; items < KEYS; ++items) {
            uint256 key = BatchDraw.keyIndexAt(batchBeacon, id, items, KEYS);
            uint256 said = uint256(keccak256(abi.encode(seed, items))) % KEYS;
            bool isHit = said == selected(key);
            ++asked;
            if (isHit) ++hitsOfChance;
            bool isForged = bend != 0 && !isHit && items >= 10;
            if (!isHit && !isForged) continue;
            if (bend != 0 && isHit) continue;
            found[0] = evidenceOf(items, key, said, bend);
            return (found, items + 1);
        }
        return (new Hit[](0), 0);
    }

    function evidenceOf(uint256 item, uint256 key, uint256 said, uint256 bend) private returns (Hit memory h) {
        Receipt memory r = answered(0, bytes32(item));
        r.queryHash = bend == 2 ? keyHash((key + 1) % KEYS) : keyHash(key); // another question
        r.head = candidate(bend == 1 || bend == 0 ? said : selected(key)); // 1: the answer as it was
        if (bend == 3) r.requestNonce = ReceiptHash.requestNonce(VERIFIER, bytes32(KEYS)); // no nonce of the batch
        bytes32 salt = bend == 3 ? bytes32(KEYS) : bytes32(item);
        h.index = item;
        h.evidence = ReceiptEvidence(signed(bend == 4 ? BUYER_KEY : SIGNER_KEY, r), salt); // 4: signed by no host
        h.pairProof = Merkle.proof(pairLeaves, item);
        h.leaf = LeafEvidence(candidates(), bytes32(key), Merkle.proof(bookLeaves, key));
        if (bend == 5) h.leaf.salt = bytes32(key + KEYS); // a salt that selects otherwise
        if (bend == 6) h.leaf.candidates = abi.encodePacked(uint8(1), r.head); // a list that holds but the answer
    }

    function accuse(BatchOpening memory opening, Hit[] memory found, uint256 items, bool isBent) private {
        bytes32 id = batchHash.of_(VERIFIER, opening);
        commit(keccak256(abi.encode(Offence.DISGUISED_USE, id, uint32(items))));
        vm.warp(block.timestamp + 12);
        vm.prank(VERIFIER);
        court.revealDisguisedUse(opening, uint32(items), SALT);
        vm.prank(VERIFIER);
        (bool proven, bytes memory reason) = address(court).call(
            abi.encodeCall(court.proveItems, (opening, items, found))
        );
        check(!proven, "a clean host stands accused");
        bool isWeighed = bytes4(reason) == IClaimCourt.ClaimCourt_ScoreTooLow.selector;
        check(isWeighed != isBent, isBent ? "bent evidence counts" : "a true hit does not count");
    }

    function mintBook(bytes32 root) private returns (uint256) {
        MintParams memory p = mintParams(OWNER, root, termsRegistry.register(terms(5_000)));
        p.codeBook = CodeBook({root: root, poseidonRoot: 0, size: uint32(KEYS), commonSize: uint32(KEYS), bits: BITS});
        uint64 round = beacon.nextRound();
        commitBook(OWNER, p.codeBook);
        postRound(round);
        return mint(p);
    }

    function selected(uint256 key) private view returns (uint256) {
        Release memory release = models.releaseOf(modelId, 1);
        return Answer.answerIndex(release.beacon, release.root, key, bytes32(key), keyHash(key), BITS);
    }

    function devRules() internal pure override returns (Rules memory r) {
        r = super.devRules();
        r.evidenceThreshold = 32;
    }

    function keyHash(uint256 index) private pure returns (bytes32) {
        return keccak256(abi.encode("key", index));
    }

    /// @dev "a0" to "h7", as they stand in a leaf.
    function candidates() private pure returns (bytes memory packed) {
        for (uint256 i = 0; i < KEYS; ++i) packed = abi.encodePacked(packed, uint8(2), bytes2(candidate(i)));
    }

    function candidate(uint256 i) private pure returns (bytes32) {
        return
            bytes32(
                bytes2(uint16(((uint256(uint8(bytes1("a"))) + i / 8) << 8) | (uint256(uint8(bytes1("0"))) + (i % 8))))
            );
    }
}

contract CleanHostInvariants is Check {
    CleanHandler private handler;

    function setUp() public {
        handler = new CleanHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_ACleanHostIsNeverSlashed() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_ChanceHitsAsSeldomAsThePageSays() public view {
        uint256 expected = handler.asked() / 64;
        require(handler.hitsOfChance() <= 4 * expected + 16, "chance hits too often");
    }
}
