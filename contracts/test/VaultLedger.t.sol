// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {BATCH_SETTLEMENT, ChannelConfig, IBatchSettlement} from "../src/interfaces/IBatchSettlement.sol";
import {Booking, BookingKind, CollectRow, ExactPayment, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";

// bookExact
// ├── when the authorization is unused          executes it and books it as money that came
// ├── when a facilitator used it before         books it alone, as seen
// ├── when its payer cancelled it               books it alone, as seen
// ├── when booked before                        changes nothing
// ├── when the payer signed two values under one nonce    the larger one counts, in either order
// ├── when the total does not fit               reverts
// └── when the signature is another's, bent, or for another vault    reverts
// book
// ├── when receiver, token or authorizer is not right    reverts
// ├── when nothing is claimed                   reverts
// └── otherwise                                 books what is claimed, whoever calls, never less than before
// collectAndBook
// ├── when the caller is neither account nor signer, or a revoked one    reverts
// ├── when a row is not bookable or its claim fails    reports it and goes on
// └── otherwise                                 claims and books each row
contract VaultLedgerTest is LicenseTest {
    uint256 private licenseId;
    RevenueVault private vault;
    ChannelConfig private config;
    bytes32 private channelId;

    function setUp() public override {
        super.setUp();
        licenseId = accept(HOST, modelId);
        vault = vaultOf(licenseId);
        config = configOf(address(vault), "salt");
        channelId = deposit(config, 100 * DOLLAR);
    }

    function isBooked(bytes32 ref, address client, uint256 total, BookingKind kind) private view {
        Booking memory booking = vault.bookingOf(ref);
        eq(booking.client, client);
        eq(booking.total, total);
        eq(uint256(booking.kind), uint256(kind));
        (address shownClient, uint256 shownTotal) = vault.booked(ref);
        eq(shownClient, client);
        eq(shownTotal, total);
    }

    function test_ACloneKnowsItsLicense() public view {
        eq(vault.licenseId(), licenseId);
        eq(vault.registry(), address(licenses));
        eq(vault.account(), HOST);
        eq(vault.modelId(), modelId);
        eq(vault.termsId(), licenses.license(licenseId).termsId);
        eq(vault.token(), address(token));
    }

    // bookExact

    function test_BookingExecutesTheAuthorization() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectEmit(address(vault));
        emit IRevenueVault.Booked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(vault.bookExact(p, signature), paymentRef("a"));
        isBooked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    // protocol §6: host down during a window
    function test_BookingFollowsAFacilitator() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        token.transferWithAuthorization(
            p.from,
            address(vault),
            p.value,
            p.validAfter,
            p.validBefore,
            p.nonce,
            signature
        );
        vm.warp(p.validBefore + 1); // its time is over, its money is here
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT_SEEN);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    /// @notice It says who signed it, and counts for no use: every use charges a unit at least.
    function test_APaymentOfNothingIsBookedAsNothing() public {
        ExactPayment memory p = payment("a", 0);
        vault.bookExact(p, signPayment(p, address(vault)));
        isBooked(paymentRef("a"), BUYER, 0, BookingKind.EXACT);
    }

    /// @notice Only its payer can cancel, so only its payer's accusation is weakened; who relies on the money asks for
    /// the kind.
    function test_ACancelledNonceIsBookedAsSeen() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, address(vault));
        cancelPayment(p.nonce);
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT_SEEN);
        eq(token.balanceOf(address(vault)), 0);
    }

    // protocol §6: replay, two tabs, lost answer
    function test_BookingTwiceChangesNothing() public {
        book(licenseId, "a", 5_000);
        book(licenseId, "a", 5_000);
        isBooked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT);
        eq(token.balanceOf(address(vault)), 5_000);
    }

    function test_ASmallerValueKeepsNobodyOut() public {
        book(licenseId, "a", 5_000);
        book(licenseId, "a", 4_999);
        isBooked(paymentRef("a"), BUYER, 5_000, BookingKind.EXACT);
        book(licenseId, "b", 1);
        book(licenseId, "b", 5_000);
        isBooked(paymentRef("b"), BUYER, 5_000, BookingKind.EXACT_SEEN); // 1 came, 5,000 is what the payer owns up to
        eq(token.balanceOf(address(vault)), 5_001);
    }

    function test_RevertWhen_AnotherSigned() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = sign(SIGNER_KEY, transferDigest(p, address(vault)));
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, SIGNER, BUYER));
        vault.bookExact(p, signature);
    }

    // protocol §6: signatures that stop verifying (ERC-1271, 7702, high-s)
    function test_RevertWhen_TheSignatureIsBent() public {
        ExactPayment memory p = payment("a", 5_000);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(BUYER_KEY, transferDigest(p, address(vault)));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes[3] memory bent = [
            abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s, uint8(v - 27)),
            abi.encodePacked(r, s)
        ];
        for (uint256 i = 0; i < bent.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, address(0), BUYER)
            );
            vault.bookExact(p, bent[i]);
        }
    }

    function test_RevertWhen_SignedForAnotherVault() public {
        ExactPayment memory p = payment("a", 5_000);
        bytes memory signature = signPayment(p, OUTSIDER);
        vm.expectPartialRevert(IRevenueVault.RevenueVault_InvalidSignature.selector);
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_NobodyIsNamed() public {
        ExactPayment memory p = payment("a", 5_000);
        p.from = address(0);
        vm.expectRevert(
            abi.encodeWithSelector(IRevenueVault.RevenueVault_InvalidSignature.selector, address(0), address(0))
        );
        vault.bookExact(p, new bytes(65));
    }

    function test_RevertWhen_TheTotalDoesNotFit() public {
        uint256 most = type(uint88).max;
        token.mint(BUYER, 2 * most);
        book(licenseId, "a", most);
        isBooked(paymentRef("a"), BUYER, most, BookingKind.EXACT);
        ExactPayment memory p = payment("b", most + 1);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_TotalTooLarge.selector, most + 1));
        vault.bookExact(p, signature);
    }

    function test_RevertWhen_ThePayerCannotPay() public {
        ExactPayment memory p = payment("a", 1_000 * DOLLAR);
        bytes memory signature = signPayment(p, address(vault));
        vm.expectRevert("transfer amount exceeds balance");
        vault.bookExact(p, signature);
        isBooked(paymentRef("a"), address(0), 0, BookingKind.NONE);
    }

    // book

    function test_AnyoneBooksWhatIsClaimed() public {
        claim(config, 7_000);
        vm.expectEmit(address(vault));
        emit IRevenueVault.Booked(channelId, SESSION, 7_000, BookingKind.CHANNEL, OUTSIDER);
        vm.prank(OUTSIDER);
        eq(vault.book(config), channelId);
        isBooked(channelId, SESSION, 7_000, BookingKind.CHANNEL);
    }

    function test_ALaterBookingCoversEveryOlderReceipt() public {
        claim(config, 7_000);
        vault.book(config);
        vault.book(config);
        claim(config, 9_000);
        vault.book(config);
        isBooked(channelId, SESSION, 9_000, BookingKind.CHANNEL);
    }

    // protocol §6: host forges a permit (own authorizer, own token, own collector)
    function test_RevertWhen_TheChannelIsNotThisVaults() public {
        ChannelConfig[3] memory forged = [config, config, config];
        forged[0].receiver = OUTSIDER;
        forged[1].token = address(0xBAD);
        forged[2].payerAuthorizer = address(0);
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotBookable.selector, idOf(forged[i])));
            vault.book(forged[i]);
        }
    }

    function test_RevertWhen_NothingIsClaimed() public {
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NothingClaimed.selector, channelId));
        vault.book(config);
    }

    // protocol §6: host refunds a channel after serving, or books only when contested
    function test_ARefundTakesNothingThatIsBooked() public {
        claim(config, 7_000);
        vault.book(config);
        vm.prank(FACILITATOR);
        channels.refund(config, uint128(100 * DOLLAR));
        isBooked(channelId, SESSION, 7_000, BookingKind.CHANNEL);
        channels.settle(address(vault), address(token));
        eq(token.balanceOf(address(vault)), 7_000);
    }

    function test_RevertWhen_AClaimDoesNotFit() public {
        uint256 much = uint256(type(uint88).max) + 1;
        token.mint(BUYER, much);
        config.salt = "rich";
        deposit(config, much);
        claim(config, much);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_TotalTooLarge.selector, much));
        vault.book(config);
    }

    // collectAndBook

    function row(ChannelConfig memory of_, uint256 max, uint256 total) private view returns (CollectRow memory) {
        bytes memory signature = sign(SESSION_KEY, channels.getVoucherDigest(idOf(of_), uint128(max)));
        return CollectRow(of_, uint128(max), uint128(total), signature);
    }

    function rowsOf(CollectRow memory only) private pure returns (CollectRow[] memory rows) {
        rows = new CollectRow[](1);
        rows[0] = only;
    }

    function collect(address caller, CollectRow memory only) private returns (uint256) {
        vm.prank(caller);
        return vault.collectAndBook(rowsOf(only));
    }

    function test_TheAccountCollects() public {
        eq(collect(HOST, row(config, 10_000, 7_000)), 1);
        isBooked(channelId, SESSION, 7_000, BookingKind.CHANNEL); // what was charged, not what the voucher allows
        stateIs(channelId, 100 * DOLLAR, 7_000);
    }

    function test_ASignerCollects() public {
        eq(collect(SIGNER, row(config, 10_000, 7_000)), 1);
    }

    /// @notice Anyone else could collect up to the voucher, more than was charged.
    function test_RevertWhen_AStrangerCollects() public {
        CollectRow[] memory rows = rowsOf(row(config, 10_000, 10_000));
        address[4] memory strangers = [OUTSIDER, OWNER, FACILITATOR, BUYER];
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, strangers[i]));
            vm.prank(strangers[i]);
            vault.collectAndBook(rows);
        }
    }

    // protocol §6: leaked signer key
    function test_RevertWhen_ARevokedSignerCollects() public {
        CollectRow[] memory rows = rowsOf(row(config, 10_000, 7_000));
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 4);
        vm.prank(SIGNER);
        eq(vault.collectAndBook(rows), 1);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, SIGNER));
        vm.prank(SIGNER);
        vault.collectAndBook(rows);
    }

    // peers.md §5: one poisoned item must not block a batch
    function test_APoisonedRowBlocksNoOther() public {
        CollectRow[] memory rows = new CollectRow[](6);
        rows[0] = row(config, 10_000, 10_001); // above its voucher
        rows[1] = row(configOf(address(vault), "empty"), 10, 10); // no money
        rows[2] = row(configOf(OUTSIDER, "salt"), 10, 10); // another receiver
        rows[3] = row(config, 10_000, 6_000);
        rows[3].signature = hex"00"; // no signature
        rows[4] = row(config, 10_000, 7_000); // good
        rows[5] = row(config, 10_000, 6_000); // stale
        bytes4[4] memory reasons = [
            IBatchSettlement.ClaimExceedsCeiling.selector,
            IBatchSettlement.ClaimExceedsBalance.selector,
            bytes4(0),
            IBatchSettlement.InvalidSignature.selector
        ];
        for (uint256 i = 0; i < 4; ++i) {
            bytes32 id = idOf(rows[i].config);
            bytes memory reason =
                i == 2
                    ? abi.encodeWithSelector(IRevenueVault.RevenueVault_NotBookable.selector, id)
                    : abi.encodePacked(reasons[i]);
            vm.expectEmit(address(vault));
            emit IRevenueVault.CollectFailed(id, reason);
        }
        vm.prank(HOST);
        eq(vault.collectAndBook(rows), 2); // the good one, and the stale one that it covers
        isBooked(channelId, SESSION, 7_000, BookingKind.CHANNEL);
        isBooked(idOf(rows[2].config), address(0), 0, BookingKind.NONE);
    }

    /// @notice A payer that may sign by contract code gets nowhere near the batch.
    function test_ARowWithoutAnAuthorizerIsNotClaimed() public {
        config.payerAuthorizer = address(0);
        channelId = deposit(config, 100);
        CollectRow memory only = row(config, 10, 10);
        only.signature = sign(BUYER_KEY, channels.getVoucherDigest(channelId, 10));
        eq(collect(HOST, only), 0);
        stateIs(channelId, 100, 0);
    }

    // peers.md §5: payer withdraws before the claim lands
    function test_WhatWasClaimedBeforeAWithdrawalIsBooked() public {
        claim(config, 4_000);
        vm.prank(BUYER);
        channels.initiateWithdraw(config, uint128(50 * DOLLAR));
        vm.warp(block.timestamp + DELAY);
        vm.prank(BUYER);
        channels.finalizeWithdraw(config);
        eq(collect(HOST, row(config, 60 * DOLLAR, 60 * DOLLAR)), 0);
        isBooked(channelId, SESSION, 4_000, BookingKind.CHANNEL);
    }

    // protocol §6: host down during a window
    function test_AWatchtowerCollectsWithTheAuthorizersSignature() public {
        bytes memory signature = sign(
            FACILITATOR_KEY,
            channels.getClaimBatchDigest(one(voucher(config, 10_000, 7_000)))
        );
        vm.startPrank(OUTSIDER);
        channels.claimWithSignature(one(voucher(config, 10_000, 7_000)), signature);
        vault.book(config);
        vm.stopPrank();
        isBooked(channelId, SESSION, 7_000, BookingKind.CHANNEL);
    }

    function test_NoRowsAreNoError() public {
        vm.prank(HOST);
        eq(vault.collectAndBook(new CollectRow[](0)), 0);
    }

    // Fuzz

    function testFuzz_bookExact(uint256 first, uint256 second, bytes32 nonce, address booker) public {
        (first, second) = (bound(first, 1, 500 * DOLLAR), bound(second, 1, 500 * DOLLAR));
        ExactPayment memory p = payment(nonce, first);
        bytes memory signature = signPayment(p, address(vault));
        vm.prank(booker);
        vault.bookExact(p, signature);
        book(licenseId, nonce, second);
        eq(token.balanceOf(address(vault)), first);
        isBooked(
            paymentRef(nonce),
            BUYER,
            first > second ? first : second,
            second > first ? BookingKind.EXACT_SEEN : BookingKind.EXACT
        );
    }

    function testFuzz_book(uint256 first, uint256 second, address booker) public {
        (first, second) = (bound(first, 1, 100 * DOLLAR), bound(second, 1, 100 * DOLLAR));
        claim(config, first);
        vault.book(config);
        claim(config, second);
        vm.prank(booker);
        vault.book(config);
        isBooked(channelId, SESSION, first > second ? first : second, BookingKind.CHANNEL);
    }

    function testFuzz_collectAndBook(uint256[4] memory totals, uint256 balance) public {
        CollectRow[] memory rows = new CollectRow[](4);
        uint256[4] memory balances;
        for (uint256 i = 0; i < 4; ++i) {
            ChannelConfig memory each = configOf(address(vault), bytes32(i + 1));
            (totals[i], balances[i]) = (bound(totals[i], 1, 100 * DOLLAR), bound(balance >> (64 * i), 1, 100 * DOLLAR));
            deposit(each, balances[i]);
            rows[i] = row(each, totals[i], totals[i]);
        }
        vm.prank(HOST);
        uint256 count = vault.collectAndBook(rows);
        uint256 claimed = 0;
        for (uint256 i = 0; i < 4; ++i) {
            bool fits = totals[i] <= balances[i];
            isBooked(
                idOf(rows[i].config),
                fits ? SESSION : address(0),
                fits ? totals[i] : 0,
                fits ? BookingKind.CHANNEL : BookingKind.NONE
            );
            if (fits) (count, claimed) = (count - 1, claimed + totals[i]);
        }
        eq(count, 0);
        receiverIs(address(vault), claimed, 0);
    }

    function testFuzz_RevertWhen_collectedByAnyoneElse(address caller) public {
        vm.assume(caller != HOST && caller != SIGNER);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, caller));
        vm.prank(caller);
        vault.collectAndBook(new CollectRow[](0));
    }

    /// @notice What is booked of channels never exceeds what the channel contract owes or has paid this vault.
    function testFuzz_NothingIsBookedThatIsNotClaimed(uint256 total, uint256 max) public {
        (total, max) = (bound(total, 0, 200 * DOLLAR), bound(max, 0, 200 * DOLLAR));
        collect(HOST, row(config, max, total));
        (, uint256 booked) = vault.booked(channelId);
        (uint128 claimed, ) = channels.receivers(address(vault), address(token));
        eq(booked, claimed);
        require(booked <= 100 * DOLLAR && booked <= max && booked <= total, "booked too much");
        eq(token.balanceOf(BATCH_SETTLEMENT), 100 * DOLLAR);
    }
}
