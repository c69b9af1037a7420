// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {RingStage} from "./RingStage.sol";
import {Claim, ClaimState, Receipt} from "../../src/interfaces/Claims.sol";
import {Account} from "../../src/interfaces/IHostAccounts.sol";
import {License, LicenseState} from "../../src/interfaces/ILicenseRegistry.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {Check} from "../../testing/Check.sol";

/// @notice What a ring tries: to serve unpaid under any of its licenses, to shelter a bond behind claims of its own
/// verifier, to leave with a ripe exit in front of a claim, to close and come back, to draw again until luck comes, and
/// to frame the honest host.
contract RingHandler is RingStage {
    uint256 private batches;

    constructor() {
        deployStage();
    }

    /// @notice One of the ring's accounts answers under one of its licenses, for somebody who may claim it.
    function serve(uint256 seed) external {
        uint256 id = ringLicenses[seed % ringLicenses.length];
        (address account, , , , ) = licenses.partiesOf(id);
        record(account, id, (seed >> 8) % 3 == 0 ? SHILL : VERIFIER, uses.length + 1);
    }

    function serveHonestly(uint256 seed) external {
        uint256 number = record(HONEST, honestLicense, seed % 2 == 0 ? SHILL : VERIFIER, uses.length + 1);
        book(honestLicense, paymentNonce(uses[number].payment), PRICE);
    }

    /// @notice A buyer's payment for an answer of the ring is booked, in time or late.
    function bookUse(uint256 seed) external {
        uint256 number = pick(seed, isUnbooked);
        book(uses[number].evidence.signed.receipt.licenseId, paymentNonce(uses[number].payment), PRICE);
        earned += PRICE;
    }

    /// @notice Whoever can open a nonce claims what is unpaid: VERIFIER honestly, SHILL to be the first.
    function claim(uint256 seed) external {
        uint256 number = pick(seed, isClaimable);
        (bool ok, bytes32 claimId) = tryClaim(number);
        check(ok, "an unpaid use could not be claimed");
        uses[number].claimId = claimId;
    }

    /// @notice SHILL tries to have the honest host claimed for what it booked.
    function frame(uint256 seed) external {
        uint256 number = pick(seed, isHonest);
        (bool ok, ) = tryClaim(number);
        check(!ok, "a paid use was claimed");
    }

    /// @notice Draws again and again: whoever commits, the score that any later claim needs only grows.
    function redraw(uint256 seed) external {
        int256 before = court.scoreNeeded(modelId, 1, verifiers.batchCount() + 1);
        vm.prank(SHILL);
        bytes32 id = verifiers.commitBatch(keccak256(abi.encode("batch", ++batches, seed)));
        postRound(verifiers.batch(id).round);
        check(court.scoreNeeded(modelId, 1, verifiers.batchCount() + 1) >= before, "a redraw came cheap");
    }

    function finalise(uint256 seed) external {
        uint256 number = pick(seed, isDue);
        Use storage use = uses[number];
        Claim memory before = court.claim(use.claimId);
        Account memory account = licenses.accountOf(use.account);
        uint256 burned = token.balanceOf(BURNED);
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = use.evidence.signed.receipt;
        bool isPaid = isBookedUse(number);
        must(address(court), abi.encodeCall(court.finaliseUnpaidUse, (receipts, use.opener, use.evidence.nonceSalt)));
        uint256 taken = account.bond - licenses.accountOf(use.account).bond;
        check(taken <= before.reach, "a claim took more than it could reach");
        if (isPaid) return;
        check(court.claim(use.claimId).state == ClaimState.SLASHED, "an unpaid use went free");
        check(10 * (token.balanceOf(BURNED) - burned) >= 6 * taken, "less than three fifths of a slash burned");
        check(!licenses.inForceAt(receipts[0].licenseId, block.timestamp + 1 days), "an unpaid use suspends nothing");
    }

    function cure(uint256 seed) external {
        uint256 number = pick(seed, isCurable);
        Receipt[] memory receipts = new Receipt[](1);
        receipts[0] = uses[number].evidence.signed.receipt;
        must(address(court), abi.encodeCall(court.cure, (receipts)));
    }

    function announceExit(uint256 seed, uint256 amount) external {
        address account = seed % 2 == 0 ? HOST : TWIN;
        uint256 bond = licenses.accountOf(account).bond;
        unless(bond == 0);
        vm.prank(account);
        licenses.announceExit(bound(amount, 1, bond));
    }

    /// @notice With its bond in front of a claim, or behind one.
    function withdraw(uint256 seed) external {
        address account = seed % 2 == 0 ? HOST : TWIN;
        Account memory it = licenses.accountOf(account);
        unless(it.exit.amount == 0 || it.bond <= uint256(it.allocated) + it.contested);
        if (block.timestamp < it.exit.ripeAt) vm.warp(it.exit.ripeAt);
        vm.prank(account);
        licenses.withdraw();
        it = licenses.accountOf(account);
        check(it.bond >= it.contested, "bond left that a claim had set aside");
    }

    function depositBond(uint256 seed, uint256 amount) external {
        vm.prank(SHILL);
        token.approve(address(licenses), type(uint256).max);
        vm.prank(SHILL);
        licenses.depositBond(seed % 2 == 0 ? HOST : TWIN, bound(amount, 1, 100 * DOLLAR));
    }

    /// @notice Closes a license to owe nothing, and takes another.
    function closeAndReturn(uint256 seed) external {
        unless(seed % 3 != 0);
        uint256 id = ringLicenses[(seed >> 8) % ringLicenses.length];
        License memory it = licenses.license(id);
        unless(it.state != LicenseState.ACTIVE && it.state != LicenseState.SUSPENDED);
        vm.prank(it.account);
        licenses.close(id);
        vm.warp(block.timestamp + 121);
        licenses.finishClose(id);
        uint256 free = licenses.free(it.account);
        if (free < RESERVED || it.account == address(0)) return;
        if (licenses.accountOf(it.account).suspendedAt != 0) return;
        join(it.account, it.modelId, it.modelId == modelId ? OWNER : OUTSIDER);
    }

    function payOut(uint256 seed) external {
        RevenueVault vault = RevenueVault(licenses.vaultOf(ringLicenses[seed % ringLicenses.length]));
        unless(vault.undistributed() == 0);
        vault.distribute();
        vault.payOwner();
        vault.payHost();
    }

    function wait_(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 20));
        vm.roll(block.number + 1);
    }

    function waitLong(uint256 seed) external {
        unless(seed % 4 != 0);
        vm.warp(block.timestamp + 61 + ((seed / 4) % 700));
        vm.roll(block.number + 10);
    }

    // What must hold

    /// @dev Whatever the ring does to itself, all it ever gains is what buyers paid for.
    function theRingGainsOnlyWhatBuyersPaid() external view {
        require(wealth() <= wealth0 + earned, "a ring made money out of the rules");
    }

    function theHonestHostLosesNothing() external view {
        Account memory it = licenses.accountOf(HONEST);
        eq(it.bond, BOND);
        eq(it.contested, 0);
        eq(licenses.license(honestLicense).state, LicenseState.ACTIVE);
    }

    function bondsCoverWhatIsSetAside() external view {
        for (uint256 i = 0; i < 2; ++i) {
            Account memory it = licenses.accountOf(i == 0 ? HOST : TWIN);
            require(it.contested <= it.bond, "claims set aside more than there is");
        }
    }

    function tryClaim(uint256 number) private returns (bool ok, bytes32 claimId) {
        Use storage use = uses[number];
        bytes32 hash = keccak256(
            abi.encode(block.chainid, address(court), use.opener, contentsOf(alone(use.evidence)), SALT)
        );
        vm.prank(use.opener);
        court.commitClaim(hash);
        vm.roll(block.number + 1);
        uint256 ripeAt = use.evidence.signed.receipt.answeredAt + 12;
        if (block.timestamp < ripeAt) vm.warp(ripeAt);
        vm.prank(use.opener);
        bytes memory result;
        (ok, result) = address(court).call(abi.encodeCall(court.revealUnpaidUse, (alone(use.evidence), SALT)));
        if (ok) claimId = abi.decode(result, (bytes32));
    }

    function isUnbooked(uint256 number) private view returns (bool) {
        return uses[number].account != HONEST && !isBookedUse(number);
    }

    function isClaimable(uint256 number) private view returns (bool) {
        Use storage use = uses[number];
        return
            isUnbooked(number) &&
            use.claimId == 0 &&
            block.timestamp <= use.evidence.signed.receipt.answeredAt + 14 days &&
            licenses.servingOf(use.evidence.signed.receipt.licenseId).slashBps != 0 &&
            court.balanceOf(use.opener) >= DOLLAR;
    }

    function isHonest(uint256 number) private view returns (bool) {
        return
            uses[number].account == HONEST &&
            block.timestamp <= uses[number].evidence.signed.receipt.answeredAt + 14 days;
    }

    function isDue(uint256 number) private view returns (bool) {
        bytes32 claimId = uses[number].claimId;
        return claimId != 0 && isOpen(claimId) && block.timestamp > court.claim(claimId).answerBy;
    }

    function isCurable(uint256 number) private view returns (bool) {
        Use storage use = uses[number];
        if (use.claimId == 0 || !court.claim(use.claimId).suspends) return false;
        return isBookedUse(number) && licenses.isCovered(use.account);
    }
}

contract RingInvariants is Check {
    RingHandler private handler;

    function setUp() public {
        handler = new RingHandler();
    }

    function targetContracts() public view returns (address[] memory targets) {
        targets = new address[](1);
        targets[0] = address(handler);
    }

    function invariant_ARingGainsOnlyWhatBuyersPaid() public view {
        handler.theRingGainsOnlyWhatBuyersPaid();
    }

    function invariant_TheHonestHostLosesNothing() public view {
        handler.theHonestHostLosesNothing();
    }

    function invariant_BondsCoverWhatIsSetAside() public view {
        handler.bondsCoverWhatIsSetAside();
    }

    function invariant_NoRingBreaksARule() public view {
        require(bytes(handler.broken()).length == 0, handler.broken());
    }

    function invariant_NoRingGetsAnythingStuck() public view {
        handler.nothingWasRefused();
    }
}
