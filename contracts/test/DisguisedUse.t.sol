// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, DisguisedUse, Ending, Hit, Offence} from "../src/interfaces/Claims.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {LicenseState} from "../src/interfaces/ILicenseRegistry.sol";
import {IModelRegistry, MintParams} from "../src/interfaces/IModelRegistry.sol";
import {IBeacon} from "../src/beacon/IBeacon.sol";
import {BatchOpening, IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";
import {HitTest} from "../testing/HitFixture.sol";

// revealDisguisedUse
// ├── when the batch is unknown, not drawn, or has a claim             reverts
// ├── when it claims no items, or more than the batch or the code book has   reverts
// ├── when the model has no such release                               reverts
// └── otherwise                               posts the bond, takes the snapshot, sets the slash aside
// proveItems
// ├── when there is no such claim of the sender, or it is too late     reverts
// ├── when the items are none, too many, or out of order               reverts
// ├── when a hit is none                                               reverts with the reason
// ├── with the last item, when the score is too low                    reverts
// └── with the last item                      opens the batch and the answer window
// finaliseDisguisedUse
// ├── before the window ends                                           reverts
// ├── when it was never proven                LAPSED: the claimant's bond burns
// └── otherwise                               SLASHED, the owner's share without a cap; the account is suspended, and
//                                             closed by a second slash
contract DisguisedUseTest is HitTest {
    BatchOpening private opening;
    bytes32 private id;

    function setUp() public override {
        super.setUp();
        (opening, id) = drawBatch("first");
    }

    // protocol §6: host serves M under another license, for part of the traffic
    function test_ADisguisedUseIsSlashed() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, found.length);
        expectState(id, ClaimState.CONTESTED);
        eq(court.claim(id).reach, SLASH);
        eq(contested(HOST), SLASH);
        eq(verifiers.batch(id).deposit, 0); // opened
        uint256 before = token.balanceOf(OWNER);
        vm.warp(court.claim(id).answerBy + 1);
        uint256 share = SLASH / 5;
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimFinalised(id, Ending(ClaimState.SLASHED, SLASH, 0, share, share, SLASH - 2 * share, 0));
        court.finaliseDisguisedUse(VERIFIER, opening);
        eq(token.balanceOf(OWNER) - before, share); // no cap: nobody says what the use was worth
        eq(token.balanceOf(BURNED), SLASH - 2 * share);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + share);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(verifiers.standingOf(VERIFIER).claimsWon, 1);
    }

    function test_RevealTakesBondAndSnapshotAndReserves() public {
        commit(contentsHash(opening, 2));
        vm.warp(block.timestamp + 12);
        DisguisedUse memory use = DisguisedUse({
            itemCount: 2,
            needed: 2,
            bond: DOLLAR,
            reach: SLASH,
            reserved: SLASH,
            proveBy: uint40(block.timestamp + 30)
        });
        vm.expectEmit(address(court));
        emit IClaimCourt.DisguisedUseClaimed(id, VERIFIER, HOST, use, opening);
        vm.prank(VERIFIER);
        eq(court.revealDisguisedUse(opening, 2, SALT), id);
        expectState(id, ClaimState.PROVING);
        eq(uint256(court.claim(id).offence), uint256(Offence.DISGUISED_USE));
        eq(court.claim(id).reach, SLASH);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        eq(contested(HOST), SLASH);
        eq(court.proof(id).itemCount, 2);
        eq(court.proof(id).needed, 2);
        eq(uint256(int256(court.proof(id).points)), BITS - 1);
        eq(court.proof(id).revealedAt, block.timestamp);
    }

    function test_TheSlashIsThatOfTheMint() public {
        offer(OWNER, modelId, terms(1));
        reveal(opening, 2);
        eq(court.claim(id).reach, SLASH);
    }

    function test_ItemsOverSeveralTransactions() public {
        Hit[] memory found = hits(id, 4);
        reveal(opening, 4);
        vm.expectEmit(address(court));
        emit IClaimCourt.ItemsProven(id, 1, 1, 1, digestsOf(part(found, 0, 1)));
        proveItems(opening, 1, part(found, 0, 1));
        eq(court.proof(id).itemsProven, 1);
        expectState(id, ClaimState.PROVING);
        vm.expectEmit(address(court));
        emit IClaimCourt.ItemsProven(id, 4, 4, 4, digestsOf(part(found, 1, 4)));
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimAdmitted(id, HOST, 4, uint40(block.timestamp + 15));
        proveItems(opening, 4, part(found, 1, 4));
        eq(court.claim(id).answerBy, block.timestamp + 15);
    }

    function test_TheAccountIsSuspendedUntilItIsCovered() public {
        accept(HOST, mintModel(OUTSIDER, "other", 5_000));
        accept(HOST, mintModel(OUTSIDER, "third", 5_000)); // more than half of the bond is reserved
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        vm.warp(court.claim(id).answerBy + 1);
        court.finaliseDisguisedUse(VERIFIER, opening);
        eq(licenses.license(licenseId).state, LicenseState.SUSPENDED);
        require(accountOf(HOST).suspendedAt != 0, "suspended");
        vm.prank(HOST);
        licenses.depositBond(HOST, SLASH);
        eq(licenses.license(licenseId).state, LicenseState.ACTIVE);
    }

    function test_ASecondSlashClosesTheAccount() public {
        finaliseInTime(claimUnpaid(unpaidUse("n")));
        Hit[] memory found = hits(id, 2);
        vm.warp(block.timestamp + 60); // another pot
        claimDisguised(opening, found, 2);
        vm.warp(court.claim(id).answerBy + 1);
        court.finaliseDisguisedUse(VERIFIER, opening);
        require(accountOf(HOST).isClosed, "closed");
    }

    function test_RevertWhen_TheBatchIsAnothers() public {
        BatchOpening memory other = opening;
        other.account = OUTSIDER;
        refuseReveal(
            other,
            1,
            abi.encodeWithSelector(IVerifierRegistry.VerifierRegistry_UnknownBatch.selector, batchId(other))
        );
    }

    function test_RevertWhen_TheBatchIsNotDrawn() public {
        BatchOpening memory fresh = batchOpening("not drawn");
        commitBatch(fresh);
        commitAs(fresh, 1, SALT);
        vm.expectPartialRevert(IBeacon.Beacon_NotPosted.selector);
        vm.prank(VERIFIER);
        court.revealDisguisedUse(fresh, 1, SALT);
    }

    function test_RevertWhen_TheBatchIsClaimed() public {
        reveal(opening, 2);
        refuseReveal(
            opening,
            1,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, id, ClaimState.PROVING)
        );
    }

    function test_RevertWhen_ItemsAreNoneOrTooMany() public {
        bytes4 invalid = IClaimCourt.ClaimCourt_InvalidItemCount.selector;
        refuseReveal(opening, 0, abi.encodeWithSelector(invalid, 0, KEYS));
        refuseReveal(opening, KEYS + 1, abi.encodeWithSelector(invalid, KEYS + 1, KEYS));
        BatchOpening memory long = opening;
        (long.itemCount, long.salt) = (200, "long");
        commitAndDraw(long);
        refuseReveal(long, 17, abi.encodeWithSelector(invalid, 17, KEYS)); // no key twice
    }

    function test_RevertWhen_MoreThan256ItemsAreClaimed() public {
        MintParams memory p = mintParams(OWNER, "large", termsRegistry.register(terms(5_000)));
        (p.codeBook.size, p.codeBook.commonSize) = (300, 300);
        uint64 round = beacon.nextRound();
        commitBook(OWNER, p.codeBook);
        postRound(round);
        BatchOpening memory long = opening;
        (long.modelId, long.itemCount, long.salt) = (mint(p), 300, "long");
        commitAndDraw(long);
        refuseReveal(long, 257, abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidItemCount.selector, 257, 256));
    }

    function test_RevertWhen_TheReleaseIsUnknown() public {
        BatchOpening memory second = opening;
        second.release = 2;
        commitAndDraw(second);
        refuseReveal(
            second,
            1,
            abi.encodeWithSelector(IModelRegistry.ModelRegistry_UnknownRelease.selector, modelId, 2)
        );
    }

    function test_RevertWhen_AnotherProves() public {
        Hit[] memory found = hits(id, 2);
        reveal(opening, 2);
        // of a batch of its own, which has no claim
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_WrongState.selector);
        vm.prank(OUTSIDER);
        court.proveItems(opening, 2, found);
    }

    function test_RevertWhen_TheItemsToProveAreNoneOrTooMany() public {
        Hit[] memory found = hits(id, 2);
        reveal(opening, 2);
        Hit[] memory none = new Hit[](0);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidItemCount.selector, 0, 2));
        proveItems(opening, 0, none);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidItemCount.selector, 3, 2));
        proveItems(opening, 3, found);
    }

    function test_RevertWhen_HitsAreOutOfOrder() public {
        Hit[] memory found = hits(id, 3);
        reveal(opening, 3);
        (found[0], found[1]) = (found[1], found[0]);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongOrder.selector, found[1].index));
        proveItems(opening, 3, found);
        found[0] = found[1]; // twice the same
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongOrder.selector, found[1].index));
        proveItems(opening, 3, found);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongOrder.selector, found[2].index));
        proveItems(opening, found[2].index, part(found, 2, 3)); // beyond what is said to be proven
    }

    function test_RevertWhen_TheScoreIsTooLow() public {
        Hit[] memory found = hits(id, 1);
        reveal(opening, 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_ScoreTooLow.selector, int256(1), int256(2)));
        proveItems(opening, 1, found);
    }

    // protocol §6: verifier steers decoding (misses count)
    function test_RevertWhen_MissesOutweighTheHits() public {
        Hit[] memory found = hits(id, 2);
        reveal(opening, 3); // one item more, a miss
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_ScoreTooLow.selector, int256(1), int256(2)));
        proveItems(opening, 3, found);
    }

    // F10: whoever commits again until luck comes needs more, whoever commits
    function test_F10_TheScoreCountsEveryCodeBookAndEveryBatch() public {
        (, bytes32 second) = drawBatch("second");
        (, bytes32 third) = drawBatch("third");
        eq(uint256(court.scoreNeeded(modelId, 1, numberOf(id))), 2);
        eq(uint256(court.scoreNeeded(modelId, 1, numberOf(second))), 3);
        eq(uint256(court.scoreNeeded(modelId, 1, numberOf(third))), 4);
        uint256 later = mintModel(OUTSIDER, "the second code book", 5_000);
        eq(uint256(court.scoreNeeded(later, 1, numberOf(id))), 3);
        eq(uint256(court.scoreNeeded(later, 1, numberOf(third))), 5);
    }

    // F7: a helper that commits for somebody else serves neither; copying a batch id blocks nobody
    function test_F7_ABatchIsItsSendersAndCountsForAll() public {
        BatchOpening memory own = batchOpening("of the verifier");
        fund(OUTSIDER, address(verifiers));
        vm.startPrank(OUTSIDER);
        verifiers.stake(20 * DOLLAR, "key");
        vm.stopPrank();
        bytes32 ownId = batchId(own);
        vm.prank(OUTSIDER);
        verifiers.commitBatch(ownId); // copied from the mempool: kept as OUTSIDER's
        bytes32 again = commitAndDraw(own); // the verifier's own stands beside it
        eq(uint256(court.scoreNeeded(modelId, 1, numberOf(again))), 4); // the third of all batches
        commit(contentsHash(own, 1));
        vm.warp(block.timestamp + 12);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_UnknownCommitment.selector);
        vm.prank(OUTSIDER);
        court.revealDisguisedUse(own, 1, SALT);
        vm.prank(VERIFIER);
        court.revealDisguisedUse(own, 1, SALT);
    }

    function test_AnUnfinishedClaimBurnsItsBond() public {
        Hit[] memory found = hits(id, 2);
        reveal(opening, 2);
        proveItems(opening, 1, part(found, 0, 1));
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseDisguisedUse(VERIFIER, opening);
        vm.warp(answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WindowOver.selector, answerBy));
        proveItems(opening, 2, part(found, 1, 2));
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimFinalised(id, Ending(ClaimState.LAPSED, 0, 0, 0, 0, 0, DOLLAR));
        court.finaliseDisguisedUse(VERIFIER, opening);
        expectState(id, ClaimState.LAPSED);
        eq(court.balanceOf(VERIFIER), 99 * DOLLAR);
        eq(token.balanceOf(BURNED), DOLLAR);
        eq(contested(HOST), 0);
        eq(verifiers.standingOf(VERIFIER).claimsLost, 1);
        refuseReveal(
            opening,
            2,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, id, ClaimState.LAPSED)
        );
    }

    function test_RevertWhen_ThereIsNothingToEnd() public {
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, id, ClaimState.NONE));
        court.finaliseDisguisedUse(VERIFIER, opening);
    }

    function test_RevertWhen_ProvenTwice() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, id, ClaimState.CONTESTED));
        proveItems(opening, 2, found);
    }

    function test_RevertWhen_FinalisedTooEarly() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(answerBy);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooEarly.selector, answerBy));
        court.finaliseDisguisedUse(VERIFIER, opening);
    }

    function test_BothOffencesShareThePot() public {
        bytes32 first = claimUnpaid(unpaidUse("n"));
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        eq(contested(HOST), SLASH);
        vm.warp(court.claim(id).answerBy + 1);
        court.finaliseDisguisedUse(VERIFIER, opening);
        finalise(first);
        eq(accountOf(HOST).bond, BOND - SLASH);
        eq(token.balanceOf(address(court)), court.balanceOf(VERIFIER));
    }

    // protocol §6: host burns keys by claims against itself
    function test_NothingIsSpentAcrossClaims() public {
        Hit[] memory found = hits(id, 4);
        (BatchOpening memory second, bytes32 secondId) = drawBatch("second");
        Hit[] memory others = hits(secondId, 16); // every key
        claimDisguised(opening, found, found.length);
        claimDisguised(second, others, others.length);
        expectState(secondId, ClaimState.CONTESTED);
    }

    function test_RevertWhen_AHitIsClaimedTwice() public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        refuseClaim(
            found[0].evidence,
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digestOf(found[0].evidence), 0)
        );
    }

    function testFuzz_revealDisguisedUse(uint32 items) public {
        commitAs(opening, items, SALT);
        vm.prank(VERIFIER);
        try court.revealDisguisedUse(opening, items, SALT) returns (bytes32 claimId) {
            require(items >= 1 && items <= KEYS, "revealed");
            eq(claimId, id);
            expectState(id, ClaimState.PROVING);
        } catch {
            require(items == 0 || items > KEYS, "refused");
        }
    }

    /// @notice However the items are cut into transactions, the same hits come to the same claim.
    function testFuzz_proveItems(uint256 seed) public {
        Hit[] memory found = hits(id, 6);
        reveal(opening, found.length);
        for (uint256 from = 0; from < found.length; seed = uint256(keccak256(abi.encode(seed)))) {
            uint256 to = bound(seed, from + 1, found.length);
            proveItems(opening, to, part(found, from, to));
            from = to;
        }
        eq(court.proof(id).hits, found.length);
        expectState(id, ClaimState.CONTESTED);
    }

    /// @notice A claim is admitted if and only if its score reaches what is needed.
    function testFuzz_ItsScoreAdmitsAClaim(uint256 misses) public {
        Hit[] memory found = hits(id, 4);
        misses = bound(misses, 0, KEYS - found.length);
        reveal(opening, found.length + misses);
        vm.prank(VERIFIER);
        try court.proveItems(opening, found.length + misses, found) {
            require(misses <= 2, "admitted");
        } catch {
            require(misses > 2, "refused");
        }
    }

    function testFuzz_finaliseDisguisedUse(uint256 wait) public {
        Hit[] memory found = hits(id, 2);
        claimDisguised(opening, found, 2);
        uint256 answerBy = court.claim(id).answerBy;
        vm.warp(block.timestamp + bound(wait, 0, 30));
        try court.finaliseDisguisedUse(VERIFIER, opening) {
            require(block.timestamp > answerBy, "in the window");
            expectState(id, ClaimState.SLASHED);
        } catch {
            require(block.timestamp <= answerBy, "after the window");
        }
    }

    function numberOf(bytes32 batch) private view returns (uint64 number) {
        (, number) = verifiers.drawOf(batch);
    }

    function commitAs(BatchOpening memory batch, uint256 items, bytes32 salt) private {
        bytes32 hash = keccak256(abi.encode(block.chainid, address(court), VERIFIER, contentsHash(batch, items), salt));
        vm.prank(VERIFIER);
        court.commitClaim(hash);
        vm.roll(block.number + 1);
    }

    function refuseReveal(BatchOpening memory batch, uint256 items, bytes memory refusal) private {
        bytes32 salt = keccak256(abi.encode(batch, items));
        commitAs(batch, items, salt);
        vm.expectRevert(refusal);
        vm.prank(VERIFIER);
        court.revealDisguisedUse(batch, uint32(items), salt);
    }
}
