// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ClaimState, DisguisedUse, IClaimCourt, Item, Offence} from "../src/interfaces/IClaimCourt.sol";
import {MintParams} from "../src/interfaces/IModelRegistry.sol";
import {BatchOpening, IVerifierRegistry} from "../src/interfaces/IVerifierRegistry.sol";
import {CourtFixture} from "../testing/CourtFixture.sol";

// revealDisguisedUse
// ├── when the batch is another's, not drawn, or was admitted before    reverts
// └── when it claims no items, or more than the batch has               reverts
// proveItems
// ├── when not the claimant, too late, or too many                      reverts
// ├── when an item is marked as a hit and is none                       reverts with the reason and the index
// ├── when the items are not those committed                            reverts at the last one
// ├── when the score is too low                                         reverts at the last one
// └── otherwise                               spends the keys, opens the batch, reserves the slash
// clear
// ├── when not booked, or no hit, or for another's license              reverts
// ├── after the window                                                  reverts
// ├── while the score still suffices                                    turns the hit into a miss
// └── when it does not                                                  CLEARED: the claimant's bond pays the host
// finalise
// ├── when items are missing at answer time                             LAPSED: the bond returns
// └── when admitted and not cleared                                     SLASHED
contract DisguisedUseTest is CourtFixture {
    uint256 private constant SLASH = BOND / 2;
    BatchOpening private opening;
    bytes32 private batchId;

    function setUp() public override {
        super.setUp();
        (opening, batchId) = drawBatch("batch");
    }

    function test_AdmittedItemsAreSlashed() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, items);
        require(stateOf(claimId) == ClaimState.PROVING, "proving");
        eq(licenses.accountOf(HOST).contested, 0);
        proveItems(claimId, items);
        require(stateOf(claimId) == ClaimState.CONTESTED, "contested");
        eq(court.claim(claimId).reserved, SLASH);
        require(court.isSpent(items[0].leaf.keyHash, HOST), "spent");
        require(verifiers.batch(batchId).settled, "opened");
        uint256 before = token.balanceOf(VERIFIER);
        require(finalise(claimId) == ClaimState.SLASHED, "slashed");
        eq(token.balanceOf(VERIFIER) - before, DOLLAR + SLASH / 5);
        eq(token.balanceOf(OWNER), SLASH / 5);
        eq(token.balanceOf(BURNED), SLASH - 2 * (SLASH / 5));
        eq(token.balanceOf(address(court)), 0);
    }

    function test_ItemsMayComeInParts() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, items);
        proveItems(claimId, part(items, 0, 1));
        eq(court.claim(claimId).itemsProven, 1);
        require(stateOf(claimId) == ClaimState.PROVING, "proving");
        proveItems(claimId, part(items, 1, items.length));
        require(stateOf(claimId) == ClaimState.CONTESTED, "contested");
    }

    function test_RevertWhen_TheBatchIsAnothers() public {
        opening.account = OUTSIDER;
        DisguisedUse memory contents = DisguisedUse({batch: opening, itemCount: 1, itemsHash: 0});
        refuseReveal(contents, abi.encodePacked(IClaimCourt.ClaimCourt_BatchNotYours.selector));
    }

    function test_RevertWhen_TheBatchIsNotDrawn() public {
        opening.salt = "not drawn";
        bytes32 id = keccak256(abi.encode(VERIFIER, HOST, modelId, opening.pairsRoot, opening.itemCount, opening.salt));
        vm.prank(VERIFIER);
        verifiers.commitBatch(id);
        DisguisedUse memory contents = DisguisedUse({batch: opening, itemCount: 1, itemsHash: 0});
        refuseReveal(contents, abi.encodePacked(IVerifierRegistry.VerifierRegistry_BatchNotDrawn.selector));
    }

    function test_RevertWhen_TheBatchWasAdmitted() public {
        Item[] memory items = hits(batchId, 2);
        proveItems(claimDisguised(opening, items), items);
        DisguisedUse memory contents = DisguisedUse({batch: opening, itemCount: 1, itemsHash: 0});
        refuseReveal(contents, abi.encodePacked(IClaimCourt.ClaimCourt_WrongState.selector));
    }

    function test_RevertWhen_ItemsAreNoneOrTooMany() public {
        DisguisedUse memory none = DisguisedUse({batch: opening, itemCount: 0, itemsHash: 0});
        refuseReveal(none, abi.encodePacked(IClaimCourt.ClaimCourt_NoReceipts.selector));
        DisguisedUse memory many = DisguisedUse({batch: opening, itemCount: KEYS + 1, itemsHash: 0});
        refuseReveal(many, abi.encodePacked(IClaimCourt.ClaimCourt_TooManyReceipts.selector));
    }

    function test_RevertWhen_AnotherProves() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, items);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotClaimant.selector, claimId, OUTSIDER));
        vm.prank(OUTSIDER);
        court.proveItems(claimId, items);
    }

    function test_RevertWhen_MoreItemsThanClaimed() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, part(items, 0, 1));
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_TooManyReceipts.selector, items.length));
        proveItems(claimId, items);
    }

    function test_RevertWhen_TheItemsAreNotThoseCommitted() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, items);
        items[items.length - 1] = miss();
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_ItemsMismatch.selector);
        proveItems(claimId, items);
    }

    function test_RevertWhen_TheScoreIsTooLow() public {
        Item[] memory items = hits(batchId, 1);
        uint256 claimId = claimDisguised(opening, items);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_ScoreTooLow.selector, int256(1), int256(2)));
        proveItems(claimId, items);
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

    function test_AnIncompleteClaimLapses() public {
        Item[] memory items = hits(batchId, 2);
        uint256 claimId = claimDisguised(opening, items);
        proveItems(claimId, part(items, 0, 1));
        uint64 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WindowOver.selector, answerBy));
        proveItems(claimId, part(items, 1, items.length));
        uint256 before = token.balanceOf(VERIFIER);
        require(court.finalise(claimId) == ClaimState.LAPSED, "lapsed");
        eq(token.balanceOf(VERIFIER) - before, DOLLAR);
        require(!court.isSpent(items[0].leaf.keyHash, HOST), "unspent");
        eq(licenses.accountOf(HOST).contested, 0);
    }

    // Items that are marked as hits and are none

    function test_RevertWhen_ThePairIsNotInTheBatch() public {
        Item[] memory items = one();
        items[0].pairProof[0] = "elsewhere";
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotInBatch.selector, 0));
    }

    function test_RevertWhen_AnotherKeyWasDrawn() public {
        Item[] memory items = one();
        uint256 drawn = items[0].leaf.index;
        items[0].leaf = leafAt((drawn + 1) % KEYS);
        refuseItem(
            items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongKey.selector, 0, (drawn + 1) % KEYS, drawn)
        );
    }

    function test_RevertWhen_AnotherQueryWasAsked() public {
        Item[] memory items = one();
        uint256 drawn = items[0].leaf.index;
        items[0].evidence.receipt.queryHash = "another";
        items[0].evidence = prove(items[0].evidence.receipt, pairSalt(0));
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongKey.selector, 0, drawn, drawn));
    }

    function test_RevertWhen_TheLeafIsBent() public {
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_InvalidLeaf.selector, 0);
        Item[] memory items = one();
        items[0].leaf.salt = "another";
        refuseItem(items, refusal);
        items[0].leaf.salt = leafAt(items[0].leaf.index).salt;
        items[0].leaf.bits = 1;
        refuseItem(items, refusal);
    }

    function test_RevertWhen_TheAnswerIsAnother() public {
        Item[] memory items = one();
        items[0].evidence.receipt.head = "Amber";
        items[0].evidence = prove(items[0].evidence.receipt, pairSalt(0));
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongAnswer.selector, 0));
    }

    function test_RevertWhen_TheReceiptIsAnotherHosts() public {
        openAccount(OUTSIDER, 0x52, BOND);
        Item[] memory items = one();
        items[0].evidence = proveBy(0x52, items[0].evidence.receipt, pairSalt(0));
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_MixedAccounts.selector, 0, OUTSIDER));
    }

    function test_RevertWhen_ItNamesTheModel() public {
        Item[] memory items = new Item[](1);
        items[0] = hit(batchId, 0, licenseId);
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, licenseId));
    }

    function test_RevertWhen_ItNamesADescendant() public {
        uint256 childLicense = accept(HOST, mintChild());
        Item[] memory items = new Item[](1);
        items[0] = hit(batchId, 0, childLicense);
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_NamesTheModel.selector, 0, childLicense));
    }

    function test_AForeignLicenseIsADisguise() public {
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        Item[] memory items = new Item[](1);
        items[0] = hit(batchId, 0, other);
        uint256 claimId = claimDisguised(opening, items);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_ScoreTooLow.selector); // accepted as a hit, one is not enough
        proveItems(claimId, items);
    }

    function test_RevertWhen_ItWasBookedForTheModel() public {
        Item[] memory items = one();
        bookLatest(licenseId);
        bytes32 ref = items[0].evidence.receipt.paymentRef;
        refuseItem(items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_AlreadyBooked.selector, 0, ref));
    }

    function test_RevertWhen_AKeyScoresTwice() public {
        (bool found, uint256 a, uint256 b) = collision();
        require(found, "16 draws of 16 keys collide");
        Item[] memory items = new Item[](b + 1);
        items[a] = hit(batchId, a, 0);
        items[b] = hit(batchId, b, 0);
        refuseItem(
            items, abi.encodeWithSelector(IClaimCourt.ClaimCourt_KeySpent.selector, b, items[a].leaf.keyHash)
        );
    }

    function test_RevertWhen_AKeyWasSpentByAnotherClaim() public {
        Item[] memory items = hits(batchId, 2);
        proveItems(claimDisguised(opening, items), items);
        (BatchOpening memory second, bytes32 secondId) = drawBatch("second");
        for (uint256 i = 0; i < KEYS; ++i) {
            if (!court.isSpent(leafAt(keyAt(secondId, i)).keyHash, HOST)) continue;
            Item[] memory again = new Item[](i + 1);
            again[i] = hit(secondId, i, 0);
            uint256 claimId = claimDisguised(second, again);
            vm.expectRevert(
                abi.encodeWithSelector(IClaimCourt.ClaimCourt_KeySpent.selector, i, again[i].leaf.keyHash)
            );
            proveItems(claimId, again);
            return;
        }
        revert("no spent key drawn again");
    }

    /// @notice Two claims with the same keys are under way: the first to be admitted spends them for both.
    function test_AHitSpentMeanwhileBecomesAMiss() public {
        (BatchOpening memory second, bytes32 secondId) = drawBatch("other");
        Item[] memory a = hits(batchId, 4);
        Item[] memory b = hits(secondId, 3);
        uint256 shared = 0;
        for (uint256 i = 0; i < a.length; ++i) {
            for (uint256 j = 0; j < b.length; ++j) {
                if (a[i].hit && b[j].hit && a[i].leaf.index == b[j].leaf.index) ++shared;
            }
        }
        uint256 first = claimDisguised(opening, a);
        uint256 later = claimDisguised(second, b);
        if (b.length > 1) proveItems(later, part(b, 0, b.length - 1));
        bool lastIsShared = false;
        for (uint256 i = 0; i < a.length; ++i) {
            lastIsShared = lastIsShared || (a[i].hit && a[i].leaf.index == b[b.length - 1].leaf.index);
        }
        proveItems(first, a);
        require(shared != 0, "the two batches draw a common key");
        if (lastIsShared) vm.expectPartialRevert(IClaimCourt.ClaimCourt_KeySpent.selector);
        else vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_ScoreTooLow.selector, 3 - 2 * int256(shared), int256(3)));
        proveItems(later, part(b, b.length - 1, b.length));
    }

    // Clearing

    function test_ABookedPaymentClears() public {
        (uint256 claimId, uint256 last) = contested();
        bookLatest(licenseId);
        uint256 before = token.balanceOf(HOST);
        vm.prank(OUTSIDER); // anyone may
        court.clear(claimId, last, licenseId);
        require(stateOf(claimId) == ClaimState.CLEARED, "cleared");
        eq(token.balanceOf(HOST) - before, DOLLAR);
        eq(licenses.accountOf(HOST).contested, 0);
        eq(licenses.accountOf(HOST).bond, BOND);
        eq(token.balanceOf(address(court)), 0);
    }

    function test_APaymentForADescendantClears() public {
        (uint256 claimId, uint256 last) = contested();
        uint256 childLicense = accept(HOST, mintChild());
        bookLatest(childLicense);
        court.clear(claimId, last, childLicense);
        require(stateOf(claimId) == ClaimState.CLEARED, "cleared");
    }

    function test_OneClearedItemAmongMoreChangesTheScoreAlone() public {
        Item[] memory items = hits(batchId, 4);
        uint256 claimId = claimDisguised(opening, items);
        proveItems(claimId, items);
        bookLatest(licenseId);
        court.clear(claimId, items.length - 1, licenseId);
        require(stateOf(claimId) == ClaimState.CONTESTED, "still contested");
        eq(uint256(court.claim(claimId).score), 2);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_NotCleared.selector);
        court.clear(claimId, items.length - 1, licenseId); // only once
    }

    function test_RevertWhen_NotBooked() public {
        (uint256 claimId, uint256 last) = contested();
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotCleared.selector, claimId, last, licenseId)
        );
        court.clear(claimId, last, licenseId);
    }

    function test_RevertWhen_BookedForAnotherModel() public {
        (uint256 claimId, uint256 last) = contested();
        uint256 other = accept(HOST, mintModel(OUTSIDER, "other", 1));
        bookLatest(other);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_NotCleared.selector);
        court.clear(claimId, last, other);
    }

    function test_RevertWhen_BookedForAnotherHost() public {
        (uint256 claimId, uint256 last) = contested();
        openAccount(OUTSIDER, 0x52, BOND);
        uint256 other = accept(OUTSIDER, modelId);
        bookLatest(other);
        vm.expectPartialRevert(IClaimCourt.ClaimCourt_NotCleared.selector);
        court.clear(claimId, last, other);
    }

    function test_RevertWhen_ClearedTooLate() public {
        (uint256 claimId, uint256 last) = contested();
        bookLatest(licenseId);
        uint64 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WindowOver.selector, answerBy));
        court.clear(claimId, last, licenseId);
    }

    function test_RevertWhen_AnUnpaidUseIsCleared() public {
        uint256 claimId = claimUnpaid(unpaidUse("n"));
        vm.expectRevert(
            abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, claimId, ClaimState.CONTESTED)
        );
        court.clear(claimId, 0, licenseId);
    }

    function contested() private returns (uint256 claimId, uint256 last) {
        Item[] memory items = hits(batchId, 2);
        claimId = claimDisguised(opening, items);
        proveItems(claimId, items);
        return (claimId, items.length - 1);
    }

    function one() private returns (Item[] memory items) {
        items = new Item[](1);
        items[0] = hit(batchId, 0, 0);
    }

    function miss() private pure returns (Item memory item) {}

    function collision() private view returns (bool, uint256, uint256) {
        for (uint256 b = 1; b < KEYS; ++b) {
            for (uint256 a = 0; a < b; ++a) {
                if (keyAt(batchId, a) == keyAt(batchId, b)) return (true, a, b);
            }
        }
        return (false, 0, 0);
    }

    function mintChild() private returns (uint256) {
        bytes32 commitId = drawn(OWNER, "child");
        MintParams memory p = mintParams(commitId, OWNER, terms(1));
        p.parents = new uint256[](1);
        p.parents[0] = modelId;
        vm.prank(OWNER);
        return models.mint(p);
    }

    function refuseItem(Item[] memory items, bytes memory refusal) private {
        uint256 claimId = claimDisguised(opening, items);
        vm.expectRevert(refusal);
        proveItems(claimId, items);
    }

    function refuseReveal(DisguisedUse memory contents, bytes memory selector) private {
        commit(keccak256(abi.encode(Offence.DISGUISED_USE, contents)));
        vm.expectPartialRevert(bytes4(selector));
        vm.prank(VERIFIER);
        court.revealDisguisedUse(contents, SALT);
    }
}
