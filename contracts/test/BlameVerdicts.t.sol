// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {BlameFixture} from "../testing/BlameFixture.sol";
import {ClaimState, Ending, Receipt} from "../src/interfaces/Claims.sol";
import {BlameState, IBlames} from "../src/interfaces/IBlames.sol";
import {IClaimCourt} from "../src/interfaces/IClaimCourt.sol";
import {CommitteeState} from "../src/interfaces/ICommittees.sol";
import {LeakReport, Outcome} from "../src/interfaces/ILeakCourt.sol";
import {AcceptParams, ILicenseRegistry, LicenseState, Suspension} from "../src/interfaces/ILicenseRegistry.sol";
import {TermsKind} from "../src/interfaces/ITermsRegistry.sol";
import {BatchOpening} from "../src/interfaces/IVerifierRegistry.sol";
import {Exits} from "../src/libraries/Exits.sol";

// decide, then close
// ├── while its committee sits, or too early           reverts
// ├── of licenses that were not blamed                 reverts
// ├── when two thirds of the seats saw it repeat       EXCUSED: the covers pay slash and committee, the host what is
// │                                                    lacking; the models are marked, the editions freed
// ├── when fewer did, or there was no committee        SLASHED, and the deposit burns
// └── on appeal                                        as the arbitrator rules; as it was where it is silent
// appealMarks
// ├── when nothing is marked                           reverts
// └── otherwise                                        lifts them if the arbitrator rules so
contract BlameVerdictsTest is BlameFixture {
    uint256 private constant REACH = RESERVED / 2; // of an account that has reserved all it has
    uint256 private constant SHARE = REACH / 5;

    function setUp() public {
        setUpBlames(RESERVED);
    }

    function blamed() private returns (uint256 blameId) {
        claimHits(baitLicense, true);
        return blameAs(HOST);
    }

    // F4; protocol §6: owner plants T's fingerprints in the weights it licenses, and has its own licensees claimed
    function test_F4_APlanterPaysForItsBait() public {
        vouch(COVER + 40 * DOLLAR);
        // It keeps a ripe exit in its pocket.
        vm.prank(OWNER);
        titles.announceExit(bait, COVER + 40 * DOLLAR);
        vm.warp(block.timestamp + 120);
        claimHits(baitLicense, true);
        // T is claimed: it moves T, and takes out what it can.
        vm.startPrank(OWNER);
        models.transferFrom(OWNER, OUTSIDER, modelId);
        eq(titles.withdraw(bait), 40 * DOLLAR); // what the license reserves stays
        vm.expectRevert(Exits.Exits_NothingToWithdraw.selector);
        titles.withdraw(bait);
        vm.stopPrank();
        uint256 before = token.balanceOf(HOST);
        uint256 blameId = blameAs(HOST);
        hear(blameId, 5, 0);
        blames.decide(blameId);
        uint256 burned = token.balanceOf(BURNED);
        vm.warp(blames.blameOf(blameId).appealBy + 1);
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimFinalised(
            claimId,
            Ending(ClaimState.EXCUSED, DEPOSIT, COVER - DEPOSIT, SHARE, SHARE, REACH - 2 * SHARE, 0)
        );
        close(blameId);
        // The cover has paid committee and slash but for what it lacked; without it half the bond would be gone.
        eq(accountOf(HOST).bond, RESERVED - DEPOSIT);
        eq(token.balanceOf(HOST), before);
        eq(titles.titleBondOf(bait).bond, 0);
        eq(token.balanceOf(BURNED) - burned, REACH - 2 * SHARE);
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + SHARE); // its bond and its share as ever
        eq(accountOf(HOST).suspendedAt, 0);
        eq(contested(HOST), 0);
        checkSolvent();
    }

    function test_AnUpheldBlameMarksTheModel() public {
        vouch(2 * COVER);
        settle(blamed(), 4, 1);
        eq(uint256(licenses.suspensionOf(baitLicense)), uint256(Suspension.MARKED));
        eq(stateOf(baitLicense), LicenseState.SUSPENDED);
        eq(models.markedAt(modelId), 0);
        AcceptParams memory params = acceptParams(bait, TermsKind.SERVE);
        vm.expectRevert(abi.encodeWithSelector(ILicenseRegistry.LicenseRegistry_ModelMarked.selector, bait));
        vm.prank(OUTSIDER);
        licenses.accept(params);
        eq(titles.holds(baitLicense), 0);
        checkSolvent();
    }

    // protocol §6: host licenses itself a bait of its own and blames it
    function test_ABaitOfOnesOwnFreesNobody() public {
        uint256 before = token.balanceOf(HOST);
        settle(blamed(), 5, 0);
        eq(accountOf(HOST).bond, RESERVED - REACH); // no title bond: the whole slash is the host's
        eq(before - token.balanceOf(HOST), DEPOSIT); // and the committee
        eq(court.balanceOf(VERIFIER), 100 * DOLLAR + SHARE);
        require(models.markedAt(bait) != 0, "the bait is marked");
        checkSolvent();
    }

    // protocol §6: host serves a dear model under a cheap honest owner's license, to drain that owner's title bond
    function test_ABlameThatIsNotBorneOutTakesNoTitleBond() public {
        vouch(2 * COVER);
        uint256 before = token.balanceOf(HOST);
        uint256 blameId = blamed();
        hear(blameId, 0, 4);
        vm.expectEmit(address(blames));
        emit IBlames.BlameDecided(blameId, false, uint64(block.timestamp) + parameters.rules().appealWindow);
        blames.decide(blameId);
        vm.warp(blames.blameOf(blameId).appealBy + 1);
        vm.expectEmit(address(blames));
        emit IBlames.BlameClosed(blameId, claimId, false, DEPOSIT - DOLLAR);
        vm.expectEmit(address(court));
        emit IClaimCourt.ClaimFinalised(
            claimId,
            Ending(ClaimState.SLASHED, REACH, 0, SHARE, SHARE, REACH - 2 * SHARE, 0)
        );
        close(blameId);
        eq(before - token.balanceOf(HOST), DEPOSIT); // gone, with the seat that nobody filled
        eq(blames.owed(BURNED), DOLLAR);
        eq(accountOf(HOST).bond, RESERVED - REACH);
        require(accountOf(HOST).suspendedAt != 0, "the account is suspended");
        eq(titles.titleBondOf(bait).bond, 2 * COVER);
        eq(titles.coverOf(baitLicense), COVER);
        eq(titles.holds(baitLicense), 0);
        eq(models.markedAt(bait), 0);
        checkSolvent();
    }

    function test_DepositsOfLostBlamesAddUp() public {
        claimHits(baitLicense, true);
        (BatchOpening memory firstBatch, Receipt[] memory firstHits) = (opening, shown);
        delete shown;
        claimHits(baitLicense, true);
        vm.prank(HOST);
        uint256 first = blames.blame(VERIFIER, firstBatch, firstHits, SEALED, "ipfs://sealed");
        uint256 second = blameAs(HOST);
        hear(first, 0, 4);
        blames.decide(first);
        hear(second, 0, 4);
        blames.decide(second);
        vm.warp(blames.blameOf(second).appealBy + 1);
        blames.close(first, VERIFIER, firstBatch, one(baitLicense), one(2));
        blames.close(second, VERIFIER, opening, one(baitLicense), one(3));
        eq(blames.owed(BURNED), 2 * DOLLAR); // of each the seat that nobody filled
        eq(blames.accounted(), 2 * DOLLAR);
        checkSolvent();
    }

    function test_TitleBondsPayNoMoreThanThePotStillHolds() public {
        vouch(2 * COVER);
        bytes32 unpaid = claimUnpaid(prove(answered(baitLicense, "unpaid"), "unpaid"));
        uint256 blameId = blamed();
        finaliseInTime(unpaid); // takes all that the pot holds
        settle(blameId, 5, 0);
        eq(titles.titleBondOf(bait).bond, 2 * COVER - DEPOSIT);
        checkSolvent();
    }

    // protocol §6: host loses a blame on purpose and sells its edition
    function test_OnlyAnUpheldBlameFreesAnEdition() public {
        settle(blamed(), 0, 5);
        eq(blames.isFreed(baitLicense) ? 1 : 0, 0);
        trace();
        eq(licenses.leakBondOf(baitLicense), 0);
    }

    function test_ATraceToAFreedEditionTakesNoLeakBond() public {
        settle(blamed(), 5, 0);
        eq(blames.isFreed(baitLicense) ? 1 : 0, 1);
        trace();
        eq(licenses.leakBondOf(baitLicense), LEAK_BOND);
    }

    function test_FewerThanTwoThirdsUpholdNothing() public {
        settle(blamed(), 3, 2);
        expectState(claimId, ClaimState.SLASHED);
    }

    function test_WithoutACommitteeItIsNotUpheld() public {
        uint256 before = token.balanceOf(HOST);
        uint256 blameId = blamed();
        vm.roll(committees.committee(1).round + 257);
        committees.draw(1, 1);
        eq(uint256(committees.committee(1).state), uint256(CommitteeState.UNSEATED));
        eq(blames.decide(blameId) ? 1 : 0, 0);
        close(blameId);
        expectState(claimId, ClaimState.SLASHED);
        eq(before - token.balanceOf(HOST), DEPOSIT);
        eq(blames.owed(BURNED), DEPOSIT);
        checkSolvent();
    }

    function test_RevertWhen_StillHeardOrTooEarlyOrOfOtherLicenses() public {
        uint256 blameId = blamed();
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_StillHeard.selector, blameId, 1));
        blames.decide(blameId);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_WrongState.selector, blameId, BlameState.HEARD));
        closeNow(blameId);
        hear(blameId, 5, 0);
        blames.decide(blameId);
        uint64 appealBy = blames.blameOf(blameId).appealBy;
        vm.warp(appealBy);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_TooEarly.selector, appealBy));
        closeNow(blameId);
        vm.warp(appealBy + 1);
        bytes memory refusal = abi.encodeWithSelector(IClaimCourt.ClaimCourt_NotBlamed.selector, claimId, blameId);
        vm.expectRevert(refusal);
        blames.close(blameId, VERIFIER, opening, one(baitLicense + 1), one(2));
        vm.expectRevert(refusal);
        blames.close(blameId, VERIFIER, opening, one(baitLicense), one(1));
        close(blameId);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_WrongState.selector, blameId, BlameState.CLOSED));
        closeNow(blameId);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_UnknownBlame.selector, 9));
        blames.decide(9);
    }

    function testFuzz_appeal_EndsAsTheArbitratorRules(bool repeated, uint8 ruling) public {
        uint256 said = ruling % 4; // 3: it is silent
        vouch(2 * COVER);
        uint256 blameId = blamed();
        hear(blameId, repeated ? 5 : 0, repeated ? 0 : 5);
        blames.decide(blameId);
        vm.deal(OUTSIDER, 1 ether);
        vm.prank(OUTSIDER);
        uint256 disputeId = blames.appeal{value: APPEAL_FEE}(blameId);
        if (said < 3) {
            vm.prank(JUDGE);
            arbitrator.giveRuling(disputeId, said);
        }
        close(blameId);
        bool upheld = said % 3 == 0 ? repeated : said == 2;
        expectState(claimId, upheld ? ClaimState.EXCUSED : ClaimState.SLASHED);
        checkSolvent();
    }

    function test_AnArbitratorIsToldWhichOfItsCourts() public view {
        eq(keccak256(blames.arbitratorExtraData()), keccak256("court 7"));
        eq(keccak256(leakCourt.arbitratorExtraData()), keccak256("court 7"));
    }

    function test_RevertWhen_AppealedTooLate() public {
        uint256 blameId = blamed();
        hear(blameId, 5, 0);
        blames.decide(blameId);
        uint64 appealBy = blames.blameOf(blameId).appealBy;
        vm.warp(appealBy + 1);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_TooLate.selector, appealBy));
        vm.deal(HOST, 1 ether);
        vm.prank(HOST);
        blames.appeal{value: APPEAL_FEE}(blameId);
    }

    function test_TheArbitratorLiftsMarks() public {
        uint256 blameId = blamed();
        vm.deal(OWNER, 1 ether);
        vm.expectRevert(abi.encodeWithSelector(IBlames.Blames_NothingMarked.selector, blameId));
        vm.prank(OWNER);
        blames.appealMarks{value: APPEAL_FEE}(blameId);
        settle(blameId, 5, 0);
        askToLift(blameId, 2); // it does not
        require(models.markedAt(bait) != 0, "the bait is marked");
        askToLift(blameId, 1);
        eq(models.markedAt(bait), 0);
        eq(blames.isFreed(baitLicense) ? 1 : 0, 0);
        eq(uint256(blames.blameOf(blameId).state), uint256(BlameState.CLOSED));
    }

    function askToLift(uint256 blameId, uint256 ruling) private {
        vm.prank(OWNER);
        uint256 disputeId = blames.appealMarks{value: APPEAL_FEE}(blameId);
        if (ruling == 1) {
            vm.expectEmit(address(blames));
            emit IBlames.MarksLifted(blameId);
        }
        vm.prank(JUDGE);
        arbitrator.giveRuling(disputeId, ruling);
    }

    /// @dev Somebody serves the host's edition in secret; a committee traces it.
    function trace() private {
        vm.startPrank(OUTSIDER);
        token.approve(address(leakCourt), type(uint256).max);
        uint256 reportId = leakCourt.reportLeak(LeakReport(bait, baitLicense, "https://leak.example", 0, ""));
        vm.stopPrank();
        uint256 id = leakCourt.report(reportId).committeeId;
        address[] memory seated = draw(id);
        uint8 traced = uint8(Outcome.TRACED);
        for (uint256 i = 0; i < seated.length; ++i) {
            vm.prank(seated[i]);
            committees.commitVote(
                id,
                keccak256(abi.encode(block.chainid, address(committees), id, seated[i], traced, bytes32(0), SALT))
            );
        }
        for (uint256 i = 0; i < seated.length; ++i) {
            vm.prank(seated[i]);
            committees.revealVote(id, traced, SALT, 0, "");
        }
        committees.count(id);
        leakCourt.decide(reportId);
        vm.warp(leakCourt.report(reportId).appealBy + 1);
        leakCourt.close(reportId);
    }
}
