// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, DisguisedUse, Hit, HitRef, Offence} from "../src/interfaces/Claims.sol";
import {IClaimRecords} from "../src/interfaces/IClaimRecords.sol";
import {IDisguisedUses} from "../src/interfaces/IDisguisedUses.sol";
import {IModelRegistry} from "../src/interfaces/IModelRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";

// revealDisguisedUse
// ├── when the batch is unknown, not drawn, or has a claim             reverts
// ├── when it claims no items, or more than the batch has              reverts
// ├── when the model has no such release                               reverts
// └── otherwise                               posts the bond, takes the snapshot, opens the time to prove
// proveItems
// ├── when there is no such claim of the sender, or it is too late     reverts
// ├── when the items are none, too many, or out of order               reverts
// └── when a hit is none                                               reverts with the reason
// admit
// ├── when items are missing, or other hits are shown than were committed      reverts
// ├── when the score is too low                                        reverts
// └── otherwise                               opens the batch, reserves the slash
// finaliseDisguisedUse
// ├── before the window ends                                           reverts
// ├── when it was never admitted              LAPSED: the bond burns
// └── otherwise                               SLASHED, the owner's share without a cap
contract DisguisedUseTest is HitTest {
    BatchOpening private opening;
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        (opening, id) = drawBatch("first");
    }

    // protocol §6: host serves M under another license, for part of the traffic
    function test_ADisguisedUseIsSlashed() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        claimDisguised(opening, found, items);
        expectState(id, ClaimState.CONTESTED);
        eq(court.claim(id).reach, SLASH);
        eq(contested(HOST), SLASH);
        eq(verifiers.batch(id).deposit, 0); // opened
        uint256 before = token.balanceOf(OWNER);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy + 1);
        vm.expectEmit(address(court));
        emit IClaimRecords.ClaimFinalised(
            id,
            ClaimState.SLASHED,
            SLASH,
            SLASH / 5,
            SLASH / 5,
            0,
            SLASH - 2 * (SLASH / 5)
        );
        court.finaliseDisguisedUse(VERIFIER, opening);
        eq(token.balanceOf(OWNER) - before, SLASH / 5); // no cap: nobody says what the use was worth
        eq(token.balanceOf(BURNED), SLASH - 2 * (SLASH / 5));
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + SLASH / 5);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(verifiers.standingOf(VERIFIER).claimsWon, 1);
    }

    function test_RevealTakesBondAndSnapshot() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        DisguisedUse memory contents = DisguisedUse(opening, uint32(items), hitsHash(refs(found)));
        commit(contentsHash(contents));
        vm.warp(block.timestamp + 12);
        vm.expectEmit(address(court));
        emit IDisguisedUses.DisguisedUseClaimed(
            id,
            VERIFIER,
            HOST,
            opening,
            uint32(items),
            contents.hitsHash,
            DOLLAR,
            uint40(block.timestamp + 15)
        );
        vm.prank(VERIFIER);
        eq(court.revealDisguisedUse(contents, SALT), id);
        expectState(id, ClaimState.PROVING);
        eq(uint256(court.claim(id).offence), uint256(Offence.DISGUISED_USE));
        eq(court.claim(id).reach, BOND);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        eq(contested(HOST), 0); // nothing is set aside before it is proven
        eq(court.proof(id).itemCount, items);
        eq(court.proof(id).hitsHash, contents.hitsHash);
        eq(court.proof(id).bits, BITS);
        eq(court.proof(id).revealedAt, block.timestamp);
    }

    /// @notice Money added after the reveal is not reached; money taken out meanwhile is not missed.
    function test_TheSnapshotIsTheRevealsBond() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items);
        vm.prank(HOST);
        licenses.depositBond(HOST, BOND);
        proveItems(opening, items, found);
        admit(opening, refs(found));
        eq(court.claim(id).reach, SLASH);
    }

    function test_ItemsOverSeveralTransactions() public {
        (Hit[] memory found, uint256 items) = hits(id, 4);
        reveal(opening, found, items);
        uint256 first = found[0].index + 1;
        proveItems(opening, first, part(found, 0, 1));
        eq(court.proof(id).itemsProven, first);
        proveItems(opening, items, part(found, 1, found.length));
        vm.expectEmit(address(court));
        emit IDisguisedUses.ClaimAdmitted(id, HOST, 4, 2, SLASH, SLASH, uint40(block.timestamp + 15));
        admit(opening, refs(found));
        eq(uint256(int256(court.proof(id).needed)), 2);
    }

    function test_RevertWhen_TheBatchIsAnothers() public {
        BatchOpening memory other = opening;
        other.account = OUTSIDER;
        refuseReveal(
            DisguisedUse(other, 1, 0),
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_UnknownBatch.selector, batchId(other))
        );
    }

    function test_RevertWhen_TheBatchIsNotDrawn() public {
        BatchOpening memory fresh = batchOpening("not drawn");
        commitBatch(fresh);
        refuseReveal(
            DisguisedUse(fresh, 1, 0),
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_BatchNotDrawn.selector, batchId(fresh))
        );
    }

    function test_RevertWhen_TheBatchIsClaimed() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items);
        refuseReveal(
            DisguisedUse(opening, 1, 0),
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, id, ClaimState.PROVING)
        );
    }

    function test_RevertWhen_ItemsAreNoneOrTooMany() public {
        bytes4 invalid = IDisguisedUses.ClaimCourt_InvalidItemCount.selector;
        refuseReveal(DisguisedUse(opening, 0, 0), abi.encodeWithSelector(invalid, 0, KEYS));
        refuseReveal(DisguisedUse(opening, uint32(KEYS + 1), 0), abi.encodeWithSelector(invalid, KEYS + 1, KEYS));
        BatchOpening memory long = opening;
        (long.itemCount, long.salt) = (257, "long");
        commitBatch(long);
        vm.roll(block.number + 3);
        verifiers.drawBatch(batchId(long));
        refuseReveal(DisguisedUse(long, 257, 0), abi.encodeWithSelector(invalid, 257, 256));
    }

    function test_RevertWhen_TheReleaseIsUnknown() public {
        BatchOpening memory second = opening;
        second.release = 2;
        commitBatch(second);
        vm.roll(block.number + 3);
        verifiers.drawBatch(batchId(second));
        refuseReveal(
            DisguisedUse(second, 1, 0),
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownRelease.selector, modelId, 2)
        );
    }

    function test_RevertWhen_AnotherProves() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items);
        // of a batch of its own, which has no claim
        vm.expectPartialRevert(IClaimRecords.ClaimCourt_WrongState.selector);
        vm.prank(OUTSIDER);
        court.proveItems(opening, items, found);
    }

    function test_RevertWhen_TheItemsToProveAreNoneOrTooMany() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items);
        Hit[] memory none = new Hit[](0);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_InvalidItemCount.selector, 0, items));
        proveItems(opening, 0, none);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_InvalidItemCount.selector, items + 1, items));
        proveItems(opening, items + 1, found);
    }

    function test_RevertWhen_HitsAreOutOfOrder() public {
        (Hit[] memory found, uint256 items) = hits(id, 3);
        reveal(opening, found, items);
        (found[0], found[1]) = (found[1], found[0]);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_WrongOrder.selector, found[1].index));
        proveItems(opening, items, found);
        found[0] = found[1]; // twice the same
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_WrongOrder.selector, found[1].index));
        proveItems(opening, items, found);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_WrongOrder.selector, found[2].index));
        proveItems(opening, found[2].index, part(found, 2, 3)); // beyond what is said to be proven
    }

    function test_RevertWhen_ItemsAreMissing() public {
        (Hit[] memory found, uint256 items) = hits(id, 3);
        reveal(opening, found, items);
        proveItems(opening, 1, part(found, 0, 1));
        HitRef[] memory list = refs(found);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_ItemsMissing.selector, 1, items));
        admit(opening, list);
    }

    function test_RevertWhen_OtherHitsWereCommitted() public {
        (Hit[] memory found, uint256 items) = hits(id, 3);
        reveal(opening, found, items);
        HitRef[] memory committed = refs(found);
        Hit[] memory fewer = part(found, 0, found.length - 1);
        proveItems(opening, items, fewer); // one hit passed off as a miss
        bytes32 proven = hitsHash(refs(fewer));
        vm.expectRevert(
            abi.encodeWithSelector(IDisguisedUses.ClaimCourt_HitsMismatch.selector, proven, hitsHash(committed))
        );
        admit(opening, committed);
    }

    function test_RevertWhen_OtherHitsAreShown() public {
        (Hit[] memory found, uint256 items) = hits(id, 3);
        reveal(opening, found, items);
        proveItems(opening, items, found);
        HitRef[] memory list = refs(found);
        list[0].keyHash = "another";
        vm.expectRevert(
            abi.encodeWithSelector(
                IDisguisedUses.ClaimCourt_HitsMismatch.selector,
                hitsHash(list),
                court.proof(id).hitsHash
            )
        );
        admit(opening, list);
    }

    function test_RevertWhen_TheScoreIsTooLow() public {
        (Hit[] memory found, uint256 items) = hits(id, 1);
        reveal(opening, found, items);
        proveItems(opening, items, found);
        HitRef[] memory list = refs(found);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_ScoreTooLow.selector, int256(1), int256(2)));
        admit(opening, list);
    }

    // protocol §6: verifier steers decoding (misses count)
    function test_RevertWhen_MissesOutweighTheHits() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items + 1); // one item more, a miss
        proveItems(opening, items + 1, found);
        HitRef[] memory list = refs(found);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_ScoreTooLow.selector, int256(1), int256(2)));
        admit(opening, list);
    }

    function test_TheScoreGrowsWithTheVerifiersBatches() public {
        eq(uint256(court.scoreNeeded(OUTSIDER)), 2);
        eq(uint256(court.scoreNeeded(VERIFIER)), 2); // one batch
        drawBatch("second");
        eq(uint256(court.scoreNeeded(VERIFIER)), 3);
        drawBatch("third");
        eq(uint256(court.scoreNeeded(VERIFIER)), 4);
        drawBatch("fourth");
        eq(uint256(court.scoreNeeded(VERIFIER)), 4);
    }

    function test_AnUnfinishedClaimBurnsItsBond() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        reveal(opening, found, items);
        proveItems(opening, 1, part(found, 0, 1));
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseDisguisedUse(VERIFIER, opening);
        vm.warp(answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WindowOver.selector, answerBy));
        proveItems(opening, items, part(found, 1, found.length));
        HitRef[] memory list = refs(found);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WindowOver.selector, answerBy));
        admit(opening, list);
        vm.expectEmit(address(court));
        emit IClaimRecords.ClaimFinalised(id, ClaimState.LAPSED, 0, 0, 0, 0, DOLLAR);
        court.finaliseDisguisedUse(VERIFIER, opening);
        expectState(id, ClaimState.LAPSED);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        eq(token.balanceOf(BURNED), DOLLAR);
        eq(contested(HOST), 0);
        eq(verifiers.standingOf(VERIFIER).claimsLost, 1);

        DisguisedUse memory contents = DisguisedUse(opening, uint32(items), hitsHash(list));
        commitAs(contents, "again");
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, id, ClaimState.LAPSED));
        vm.prank(VERIFIER);
        court.revealDisguisedUse(contents, "again");
    }

    function test_RevertWhen_ThereIsNothingToEnd() public {
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, id, ClaimState.NONE));
        court.finaliseDisguisedUse(VERIFIER, opening);
    }

    function test_RevertWhen_AdmittedTwice() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        claimDisguised(opening, found, items);
        HitRef[] memory list = refs(found);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_WrongState.selector, id, ClaimState.CONTESTED));
        admit(opening, list);
    }

    function test_RevertWhen_FinalisedTooEarly() public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        claimDisguised(opening, found, items);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseDisguisedUse(VERIFIER, opening);
    }

    function test_RevertWhen_AnEarlierClaimStands() public {
        bytes32 first = claimUnpaid(unpaidUse("n"));
        (Hit[] memory found, uint256 items) = hits(id, 2);
        claimDisguised(opening, found, items);
        require(!court.claim(id).opensPot, "joined");
        vm.warp(court.claim(id).answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_PotOpenerFirst.selector, HOST));
        court.finaliseDisguisedUse(VERIFIER, opening);
        finalise(first);
        court.finaliseDisguisedUse(VERIFIER, opening);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    // protocol §6: host burns keys by claims against itself
    function test_NothingIsSpentAcrossClaims() public {
        (Hit[] memory found, uint256 items) = hits(id, 4);
        (BatchOpening memory second, bytes32 secondId) = drawBatch("second");
        (Hit[] memory others, uint256 otherItems) = hits(secondId, 4);
        uint256 shared = 0;
        for (uint256 i = 0; i < others.length; ++i) {
            for (uint256 j = 0; j < found.length; ++j) {
                if (keyAt(secondId, others[i].index) == keyAt(id, found[j].index)) ++shared;
            }
        }
        require(shared != 0, "the two batches draw a common key");
        claimDisguised(opening, found, items);
        claimDisguised(second, others, otherItems);
        expectState(secondId, ClaimState.CONTESTED);
    }

    function test_RevertWhen_TheReceiptCountsInAnUnpaidUse() public {
        uint256 otherLicense = accept(HOST, mintModel(OUTSIDER, "other", 1));
        Hit[] memory one_ = new Hit[](1);
        one_[0] = hit(id, 0, otherLicense);
        bytes32 digest = claimUnpaid(one_[0].evidence);
        reveal(opening, one_, 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimRecords.ClaimCourt_AlreadyCounted.selector, digest, digest));
        proveItems(opening, 1, one_);
    }

    function test_RevertWhen_AHitIsClaimedAsUnpaid() public {
        uint256 otherLicense = accept(HOST, mintModel(OUTSIDER, "other", 1));
        Hit[] memory one_ = new Hit[](1);
        one_[0] = hit(id, 0, otherLicense);
        reveal(opening, one_, 1);
        proveItems(opening, 1, one_);
        bytes32 digest = digestOf(one_[0].evidence);
        refuseClaim(
            one_[0].evidence,
            abi.encodeWithSelector(IClaimRecords.ClaimCourt_AlreadyCounted.selector, digest, id)
        );
    }

    function test_AKeyThatStandsTwiceCountsOnce() public {
        (bool found, uint256 a, uint256 b) = collision();
        require(found, "16 draws of 16 keys collide");
        Hit[] memory both = new Hit[](2);
        (both[0], both[1]) = (hit(id, a, 0), hit(id, b, 0));
        reveal(opening, both, b + 1);
        proveItems(opening, b + 1, both);
        HitRef[] memory list = refs(both);
        int256 once = int256(uint256(BITS)) - int256(b + 1);
        vm.expectRevert(abi.encodeWithSelector(IDisguisedUses.ClaimCourt_ScoreTooLow.selector, once, int256(2)));
        admit(opening, list);
    }

    function testFuzz_revealDisguisedUse(uint32 items, bytes32 hitsHash_) public {
        DisguisedUse memory contents = DisguisedUse(opening, items, hitsHash_);
        commitAs(contents, SALT);
        vm.prank(VERIFIER);
        try court.revealDisguisedUse(contents, SALT) returns (bytes32 claimId) {
            require(items >= 1 && items <= KEYS, "revealed");
            eq(claimId, id);
            expectState(id, ClaimState.PROVING);
        } catch {
            require(items == 0 || items > KEYS, "refused");
        }
    }

    /// @notice However the items are cut into transactions, the same hits come to the same claim.
    function testFuzz_proveItems(uint256 seed) public {
        (Hit[] memory found, uint256 items) = hits(id, 4);
        reveal(opening, found, items);
        uint256 from = 0;
        for (uint256 at_ = 0; at_ < items; seed = uint256(keccak256(abi.encode(seed)))) {
            at_ = bound(seed, at_ + 1, items);
            uint256 to = from;
            while (to < found.length && found[to].index < at_) ++to;
            proveItems(opening, at_, part(found, from, to));
            from = to;
        }
        eq(court.proof(id).provenHash, hitsHash(refs(found)));
        admit(opening, refs(found));
        expectState(id, ClaimState.CONTESTED);
    }

    /// @notice A claim is admitted if and only if its score reaches what is needed.
    function testFuzz_admit(uint256 misses) public {
        (Hit[] memory found, uint256 items) = hits(id, 4);
        misses = bound(misses, 0, KEYS - items);
        reveal(opening, found, items + misses);
        proveItems(opening, items + misses, found);
        HitRef[] memory list = refs(found);
        vm.prank(VERIFIER);
        try court.admit(opening, list) {
            require(misses <= 2, "admitted");
        } catch {
            require(misses > 2, "refused");
        }
    }

    function testFuzz_finaliseDisguisedUse(uint256 wait) public {
        (Hit[] memory found, uint256 items) = hits(id, 2);
        claimDisguised(opening, found, items);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(block.timestamp + bound(wait, 0, 30));
        try court.finaliseDisguisedUse(VERIFIER, opening) {
            require(block.timestamp > answerBy, "in the window");
            expectState(id, ClaimState.SLASHED);
        } catch {
            require(block.timestamp <= answerBy, "after the window");
        }
    }

    function collision() private view returns (bool, uint256, uint256) {
        for (uint256 b = 1; b < KEYS; ++b) {
            for (uint256 a = 0; a < b; ++a) {
                if (keyAt(id, a) == keyAt(id, b)) return (true, a, b);
            }
        }
        return (false, 0, 0);
    }

    function commitAs(DisguisedUse memory contents, bytes32 salt) private {
        bytes32 hash = keccak256(abi.encode(block.chainid, address(court), VERIFIER, contentsHash(contents), salt));
        vm.prank(VERIFIER);
        court.commitClaim(hash);
        vm.roll(block.number + 1);
    }

    function refuseReveal(DisguisedUse memory contents, bytes memory refusal) private {
        commitAs(contents, SALT);
        vm.expectRevert(refusal);
        vm.prank(VERIFIER);
        court.revealDisguisedUse(contents, SALT);
    }
}
