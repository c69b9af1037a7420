// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlameFixture} from "../testing/BlameFixture.sol";
import {ClaimState, Receipt} from "../src/interfaces/Claims.sol";
import {Blame, BlameState, IBlames, Resolution} from "../src/interfaces/IBlames.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {ITitleBonds} from "../src/interfaces/ITitleBonds.sol";
import {Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {Tally} from "../src/libraries/Tally.sol";

// recordEdition
// ├── by anybody but owner and agent, empty or twice       reverts
// └── otherwise                                            keeps the digest for good
// blame
// ├── by anybody but the claimed account and its signers   reverts
// ├── when the claim is not contested, or its window over  reverts
// ├── when the receipts are not those of its hits          reverts
// ├── when one names no license in force, or is not booked reverts
// └── otherwise                                            pays a committee on which no party sits, nor who has too
//                                                          little at stake; holds claim, licenses and title covers
contract BlameFilingTest is BlameFixture {
    function setUp() public {
        setUpBlames(BOND);
    }

    function test_recordEdition_KeepsTheDigestForGood() public {
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_NotDeliverer.selector, baitLicense, HOST));
        vm.prank(HOST);
        blames.recordEdition(baitLicense, 1, "digest");
        vm.startPrank(OWNER);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_InvalidDigest.selector, baitLicense));
        blames.recordEdition(baitLicense, 1, 0);
        vm.expectEmit(address(blames));
        emit IBlames.EditionRecorded(baitLicense, 1, "digest");
        blames.recordEdition(baitLicense, 1, "digest");
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_AlreadyRecorded.selector, baitLicense, 1));
        blames.recordEdition(baitLicense, 1, "another");
        blames.recordEdition(baitLicense, 2, "another");
        eq(blames.fileDigestOf(baitLicense, 1), bytes32("digest"));
    }

    function test_ABlameHoldsClaimLicensesAndCovers() public {
        vouch(2 * RESERVED);
        claimHits(baitLicense, true);
        uint256 before = token.balanceOf(HOST);
        vm.expectEmit(address(blames));
        emit IBlames.BlameFiled(1, claimId, HOST, DEPOSIT, 1, one(baitLicense), one(2));
        vm.expectEmit(address(blames));
        emit IBlames.BlameEvidence(1, HOST, SEALED, "ipfs://sealed");
        uint256 blameId = blameAs(HOST);
        eq(before - token.balanceOf(HOST), DEPOSIT);
        Blame memory it = blames.blameOf(blameId);
        eq(it.claimId, claimId);
        eq(it.payer, HOST);
        eq(uint256(it.state), uint256(BlameState.HEARD));
        eq(committees.committee(1).court, address(blames));
        eq(committees.committee(1).choices, 2);
        eq(committees.committee(1).leastStake, LEAK_BOND);
        eq(uint256(licenses.suspensionOf(baitLicense)), uint256(Suspension.CLAIMED));
        eq(titles.holds(baitLicense), 1);
        expectState(claimId, ClaimState.BLAMED);
        vm.warp(court.claim(claimId).answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, claimId, ClaimState.BLAMED));
        court.finaliseDisguisedUse(VERIFIER, opening);
        checkSolvent();
    }

    function test_TheCoverStaysThoughTheLicenseEnds() public {
        vouch(2 * RESERVED);
        claimHits(baitLicense, true);
        blameAs(HOST);
        vm.prank(HOST);
        licenses.close(baitLicense);
        vm.warp(block.timestamp + 120);
        licenses.finishClose(baitLicense);
        vm.expectRevert(abi.encodeWithSelector(ITitleBonds.TitleBonds_Held.selector, baitLicense));
        titles.returnCover(baitLicense);
    }

    function test_ASignerBlamesForItsAccount() public {
        claimHits(baitLicense, true);
        token.mint(SIGNER, DEPOSIT);
        vm.prank(SIGNER);
        token.approve(address(blames), DEPOSIT);
        eq(blames.blameOf(blameAs(SIGNER)).payer, SIGNER);
    }

    function test_RevertWhen_AStrangerBlames() public {
        claimHits(baitLicense, true);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_NotTheHost.selector, HOST, OWNER));
        blameAs(OWNER);
    }

    function test_RevertWhen_TheWindowIsOverOrTheClaimBlamedBefore() public {
        claimHits(baitLicense, true);
        uint256 answerBy = court.claim(claimId).answerBy;
        vm.warp(answerBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WindowOver.selector, answerBy));
        blameAs(HOST);
        vm.warp(answerBy);
        blameAs(HOST);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_WrongState.selector, claimId, ClaimState.BLAMED));
        blameAs(HOST);
    }

    // the host signs other receipts that its edition would repeat
    function test_RevertWhen_TheReceiptsAreNotTheHits() public {
        claimHits(baitLicense, true);
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotTheHits.selector, claimId);
        Receipt memory second = shown[1];
        shown.pop();
        vm.expectRevert(refusal);
        blameAs(HOST);
        shown.push(shown[0]);
        vm.expectRevert(refusal);
        blameAs(HOST);
        shown[0] = second;
        vm.expectRevert(refusal); // the other way round
        blameAs(HOST);
        (shown[0], shown[1]) = (shown[1], second);
        shown[1].head = "another answer";
        vm.expectRevert(refusal);
        blameAs(HOST);
    }

    function test_RevertWhen_AHitNamesNoLicense() public {
        claimHits(0, false);
        bytes32 digest = court.receiptDigest(shown[0]);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digest, 0));
        blameAs(HOST);
    }

    function test_RevertWhen_AHitNamesALicenseThatIsNotInForce() public {
        vm.prank(HOST);
        licenses.close(baitLicense);
        vm.warp(block.timestamp + devRules().inactiveGrace + 1);
        claimHits(baitLicense, true);
        bytes32 digest = court.receiptDigest(shown[0]);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotLicensed.selector, digest, baitLicense));
        blameAs(HOST);
    }

    function test_RevertWhen_AHitIsNotBooked() public {
        claimHits(baitLicense, false);
        bytes32 digest = court.receiptDigest(shown[0]);
        vm.expectRevert(abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotBooked.selector, digest, baitLicense));
        blameAs(HOST);
    }

    function test_RevertWhen_NotTheBlames() public {
        claimHits(baitLicense, true);
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotBlames.selector, HOST);
        vm.startPrank(HOST);
        vm.expectRevert(refusal);
        court.onBlamed(1, VERIFIER, opening, shown);
        vm.expectRevert(refusal);
        court.onResolved(Resolution(1, VERIFIER, opening, one(baitLicense), one(2), true, HOST, 0));
    }

    function test_NoPartySits() public {
        join(HOST, 60 * DOLLAR);
        join(OWNER, 60 * DOLLAR);
        vm.roll(block.number + 1);
        claimHits(baitLicense, true);
        uint256 blameId = blameAs(HOST);
        address[] memory seated = draw(blames.blameOf(blameId).committeeId);
        eq(seated.length, 5);
        for (uint256 i = 0; i < 5; ++i) require(seated[i] != HOST && seated[i] != OWNER, "a party sits");
    }

    // protocol §5: a ticket is skipped unless its holder's stake reaches the leak bond of what it is shown
    function test_OnlyWhoHasEnoughAtStakeIsShownAnEdition() public {
        for (uint256 i = JURORS; i < 3 * JURORS; ++i) join(juror(i), LEAK_BOND - 1);
        vm.roll(block.number + 1);
        claimHits(baitLicense, true);
        uint256 blameId = blameAs(HOST);
        address[] memory seated = draw(blames.blameOf(blameId).committeeId);
        eq(seated.length, 5);
        for (uint256 i = 0; i < 5; ++i) require(verifiers.stakeOf(seated[i]) >= LEAK_BOND, "too little at stake");
    }

    function testFuzz_submitEvidence_ChangesNothing(bytes32 hash, string calldata uri) public {
        claimHits(baitLicense, true);
        uint256 blameId = blameAs(HOST);
        bytes32 before = keccak256(abi.encode(blames.blameOf(blameId)));
        vm.expectEmit(address(blames));
        emit IBlames.BlameEvidence(blameId, OWNER, hash, uri);
        vm.prank(OWNER);
        blames.submitEvidence(blameId, hash, uri);
        eq(keccak256(abi.encode(blames.blameOf(blameId))), before);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_UnknownBlame.selector, 9));
        blames.submitEvidence(9, hash, uri);
    }

    function testFuzz_Tally(uint8[] calldata named) public view {
        Receipt[] memory receipts = new Receipt[](named.length);
        for (uint256 i = 0; i < named.length; ++i) receipts[i].licenseId = named[i] % 4;
        (uint256[] memory licenseIds, uint256[] memory counts) = this.tally(receipts);
        uint256 all;
        for (uint256 i = 0; i < licenseIds.length; ++i) {
            uint256 count;
            for (uint256 j = 0; j < named.length; ++j) if (named[j] % 4 == licenseIds[i]) ++count;
            eq(counts[i], count);
            for (uint256 j = 0; j < i; ++j) require(licenseIds[i] != licenseIds[j], "counted twice");
            all += count;
        }
        eq(all, named.length);
    }

    function tally(Receipt[] calldata receipts) external pure returns (uint256[] memory, uint256[] memory) {
        return Tally.of_(receipts);
    }
}
