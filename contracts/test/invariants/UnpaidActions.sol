// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {CourtStage} from "./CourtStage.sol";
import {Claim, ClaimState, Offence, Receipt, ReceiptEvidence} from "../../src/interfaces/Claims.sol";

/// @notice Answers paid for in time, late or never, equivocation, and every step of a claim of offence 1.
abstract contract UnpaidActions is CourtStage {
    function serve(uint256 seed) external {
        serveBy(HOST, seed % 4 == 0 ? otherLicense : licenseId);
    }

    function serveTwice() external {
        serveTwiceBy(HOST, licenseId);
    }

    /// @notice The honest host books at once what it charged.
    function serveHonestly() external {
        bookUse(serveBy(HONEST, honestLicense), honestLicense);
    }

    function bookInTime(uint256 seed) external {
        uint256 number = pick(seed, isUnpaid);
        bookUse(number, uses[number].evidence.signed.receipt.licenseId);
    }

    function claimUse(uint256 seed) external {
        uint256 number = pick(seed, isClaimable);
        Receipt memory r = uses[number].evidence.signed.receipt;
        commit(contentsOf(alone(uses[number].evidence)));
        ripen(r);
        uint256 bond = licenses.accountOf(HOST).bond;
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealUnpaidUse(alone(uses[number].evidence), SALT);
        uses[number].claimId = claimId;
        opened(claimId, bond / 2);
    }

    function claimEquivocation(uint256 seed) external {
        uint256 number = pick(seed, isEquivocal);
        ReceiptEvidence memory accused = uses[number].evidence;
        ReceiptEvidence memory witness = uses[uses[number].twin - 1].evidence;
        commit(keccak256(abi.encode(Offence.EQUIVOCATION, digestOf(accused), digestOf(witness))));
        ripen(witness.signed.receipt);
        uint256 bond = licenses.accountOf(HOST).bond;
        vm.prank(VERIFIER);
        bytes32 claimId = court.revealEquivocation(accused, witness, SALT);
        uses[number].claimId = claimId;
        opened(claimId, bond / 2);
    }

    /// @notice Nobody can claim what was booked before.
    function claimPaid(uint256 seed) external {
        uint256 number = pick(seed, isHonest);
        ReceiptEvidence memory accused = uses[number].evidence;
        commit(contentsOf(alone(accused)));
        ripen(accused.signed.receipt);
        vm.prank(VERIFIER);
        (bool ok, ) = address(court).call(abi.encodeCall(court.revealUnpaidUse, (alone(accused), SALT)));
        check(!ok, "a paid use was claimed");
    }

    /// @notice Nobody can claim a use twice.
    function claimAgain(uint256 seed) external {
        uint256 number = pick(seed, wasClaimed);
        ReceiptEvidence memory accused = uses[number].evidence;
        commit(contentsOf(alone(accused)));
        vm.prank(VERIFIER);
        (bool ok, ) = address(court).call(abi.encodeCall(court.revealUnpaidUse, (alone(accused), SALT)));
        check(!ok, "a use was claimed twice");
    }

    /// @notice Anyone books for the host what a claim contests.
    function bookContested(uint256 seed) external {
        uint256 number = pick(seed, isContested);
        bookUse(number, uses[number].evidence.signed.receipt.licenseId);
    }

    function finaliseClaim(uint256 seed) external {
        uint256 number = pick(seed, isDue);
        ReceiptEvidence memory e = uses[number].evidence;
        uint256 bond = licenses.accountOf(HOST).bond;
        uint256 balance = court.balanceOf(VERIFIER);
        Claim memory claim = court.claim(uses[number].claimId);
        bool isPaid = claim.offence == Offence.UNPAID_USE && isBookedUse(number);
        must(
            address(court),
            abi.encodeCall(court.finaliseUnpaidUse, (shown(number, claim.offence), VERIFIER, e.nonceSalt))
        );
        ClaimState ended = court.claim(uses[number].claimId).state;
        check(ended == (isPaid ? ClaimState.PAID_LATE : ClaimState.SLASHED), "a claim ended otherwise than it stood");
        if (isPaid)
            check(
                court.balanceOf(VERIFIER) - balance <= claim.bond + DOLLAR / 2,
                "a paid use earned a claimant more than its costs"
            );
        noteEnd(uses[number].claimId, bond - licenses.accountOf(HOST).bond);
    }

    /// @notice Anyone has a suspension lifted whose use is booked by now.
    function cureClaim(uint256 seed) external {
        uint256 number = pick(seed, isCurable);
        bytes32 claimId = uses[number].claimId;
        if (!isBookedUse(number)) bookUse(number, uses[number].evidence.signed.receipt.licenseId);
        Receipt[] memory receipts = shown(number, court.claim(claimId).offence);
        must(address(court), abi.encodeCall(court.cure, (receipts)));
        check(!court.claim(claimId).suspends, "a cure lifts nothing");
    }

    function shown(uint256 number, Offence offence) private view returns (Receipt[] memory receipts) {
        bool isPair = offence == Offence.EQUIVOCATION;
        receipts = new Receipt[](isPair ? 2 : 1);
        receipts[0] = uses[number].evidence.signed.receipt;
        if (isPair) receipts[1] = uses[uses[number].twin - 1].evidence.signed.receipt;
    }

    /// @dev Until the receipt may be claimed.
    function ripen(Receipt memory r) private {
        if (block.timestamp < r.answeredAt + 12) vm.warp(r.answeredAt + 12);
    }

    function isUnpaid(uint256 number) private view returns (bool) {
        return uses[number].account == HOST && uses[number].claimId == 0 && !isBookedUse(number);
    }

    function isClaimable(uint256 number) private view returns (bool) {
        return isUnpaid(number) && block.timestamp <= uses[number].evidence.signed.receipt.answeredAt + 14 days;
    }

    function isEquivocal(uint256 number) private view returns (bool) {
        uint256 twin = uses[number].twin;
        if (twin == 0 || uses[number].claimId != 0) return false;
        return digestOf(uses[twin - 1].evidence) < digestOf(uses[number].evidence);
    }

    function isHonest(uint256 number) private view returns (bool) {
        return uses[number].account == HONEST;
    }

    function wasClaimed(uint256 number) private view returns (bool) {
        return uses[number].claimId != 0;
    }

    function isContested(uint256 number) private view returns (bool) {
        bytes32 claimId = uses[number].claimId;
        return claimId != 0 && isOpen(claimId) && !isBookedUse(number);
    }

    function isCurable(uint256 number) private view returns (bool) {
        bytes32 claimId = uses[number].claimId;
        return claimId != 0 && court.claim(claimId).suspends && licenses.isCovered(HOST);
    }

    function isDue(uint256 number) private view returns (bool) {
        bytes32 claimId = uses[number].claimId;
        return claimId != 0 && isOpen(claimId) && block.timestamp > court.claim(claimId).answerBy;
    }
}
