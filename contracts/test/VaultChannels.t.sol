// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {LicenseTest} from "../testing/LicenseFixture.sol";
import {RevenueVault} from "../src/RevenueVault.sol";
import {Receipt} from "../src/interfaces/Claims.sol";
import {BATCH_SETTLEMENT, ChannelConfig, IBatchSettlement} from "../src/interfaces/IBatchSettlement.sol";
import {CollectRow, IRevenueVault} from "../src/interfaces/IRevenueVault.sol";
import {ReceiptHash} from "../src/libraries/ReceiptHash.sol";

// collectAndBook
// ├── when the caller is neither account nor signer nor watchtower, or no longer    reverts
// ├── when a row is not bookable or its claim fails    reports it and goes on
// └── otherwise                                 claims and books each row
// collectWithReceipt
// ├── when the receipt is not of this license, channel, client and total, or not signed for it    reverts
// └── otherwise                                 claims and books the row, whoever calls
// refund
// ├── when the caller is neither account nor signer    reverts
// └── otherwise                                 claims and books the row, and the payer has the rest at once
contract VaultChannelsTest is LicenseTest {
    uint256 private licenseId;
    RevenueVault private vault;
    ChannelConfig private config;
    bytes32 private channelId;

    function setUp() public override {
        super.setUp();
        licenseId = accept(HOST, modelId);
        vault = vaultOf(licenseId);
        config = channelOf("salt");
        channelId = deposit(config, 100 * DOLLAR);
    }

    /// @notice A channel as a gateway accepts it: the vault receives and authorizes.
    function channelOf(bytes32 salt) private view returns (ChannelConfig memory it) {
        it = configOf(address(vault), salt);
        it.receiverAuthorizer = address(vault);
    }

    function isBooked(bytes32 ref, address client, uint256 total) private view {
        eq(vault.booked(ref, client), total);
    }

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
        isBooked(channelId, SESSION, 7_000); // what was charged, not what the voucher allows
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
        rows[1] = row(channelOf("empty"), 10, 10); // no money
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
        isBooked(channelId, SESSION, 7_000);
        isBooked(idOf(rows[2].config), SESSION, 0);
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
        collect(HOST, row(config, 4_000, 4_000));
        vm.prank(BUYER);
        channels.initiateWithdraw(config, uint128(50 * DOLLAR));
        vm.warp(block.timestamp + DELAY);
        vm.prank(BUYER);
        channels.finalizeWithdraw(config);
        eq(collect(HOST, row(config, 60 * DOLLAR, 60 * DOLLAR)), 0);
        isBooked(channelId, SESSION, 4_000);
    }

    function test_NoRowsAreNoError() public {
        vm.prank(HOST);
        eq(vault.collectAndBook(new CollectRow[](0)), 0);
    }

    // Watchtowers

    // protocol §6: host down during a window
    function test_AWatchtowerCollectsUntilItIsUnnamed() public {
        vm.expectEmit(address(vault));
        emit IRevenueVault.WatchtowerNamed(OUTSIDER, true);
        vm.prank(HOST);
        vault.nameWatchtower(OUTSIDER, true);
        require(vault.isWatchtower(OUTSIDER), "not named");
        eq(collect(OUTSIDER, row(config, 10_000, 7_000)), 1);
        isBooked(channelId, SESSION, 7_000);
        vm.prank(HOST);
        vault.nameWatchtower(OUTSIDER, false);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, OUTSIDER));
        vm.prank(OUTSIDER);
        vault.collectAndBook(new CollectRow[](0));
    }

    /// @notice A signer's key may leak: what it names would outlast its revocation.
    function test_RevertWhen_AnyoneElseNamesAWatchtower() public {
        address[3] memory others = [SIGNER, OWNER, OUTSIDER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotAccount.selector, others[i]));
            vm.prank(others[i]);
            vault.nameWatchtower(OUTSIDER, true);
        }
    }

    // collectWithReceipt

    function receiptOf(uint256 total) private view returns (Receipt memory r) {
        r.licenseId = licenseId;
        r.client = SESSION;
        r.paymentRef = channelId;
        r.amount = 1_000;
        r.cumulative = total;
        r.answeredAt = block.timestamp;
    }

    function signReceipt(uint256 key, Receipt memory r) private view returns (bytes memory) {
        return sign(key, typedDigest(COURT, keccak256(abi.encode(ReceiptHash.RECEIPT_TYPEHASH, r))));
    }

    // protocol §6: host down during a window
    function test_AnyoneWithAReceiptCollectsItsTotal() public {
        Receipt memory r = receiptOf(7_000);
        vm.prank(OUTSIDER);
        eq(vault.collectWithReceipt(row(config, 10_000, 7_000), r, signReceipt(SIGNER_KEY, r)), channelId);
        isBooked(channelId, SESSION, 7_000);
        stateIs(channelId, 100 * DOLLAR, 7_000);
        r = receiptOf(6_000); // an older one takes nothing back
        vault.collectWithReceipt(row(config, 10_000, 6_000), r, signReceipt(SIGNER_KEY, r));
        isBooked(channelId, SESSION, 7_000);
    }

    function test_RevertWhen_TheReceiptStatesAnotherTotal() public {
        Receipt[4] memory others = [receiptOf(7_000), receiptOf(7_000), receiptOf(7_000), receiptOf(6_999)];
        others[0].licenseId = licenseId + 1;
        others[1].client = BUYER;
        others[2].paymentRef = "another";
        CollectRow memory only = row(config, 10_000, 7_000);
        for (uint256 i = 0; i < 4; ++i) {
            bytes memory signature = signReceipt(SIGNER_KEY, others[i]);
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotStated.selector, channelId));
            vault.collectWithReceipt(only, others[i], signature);
        }
    }

    function test_RevertWhen_NoSignerOfTheAccountSignedTheReceipt() public {
        Receipt memory r = receiptOf(7_000);
        CollectRow memory only = row(config, 10_000, 7_000);
        bytes memory forged = signReceipt(SESSION_KEY, r);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, SESSION));
        vault.collectWithReceipt(only, r, forged);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, address(0)));
        vault.collectWithReceipt(only, r, hex"00");
        bytes memory signature = signReceipt(SIGNER_KEY, r);
        vm.prank(HOST);
        licenses.revokeSigner(SIGNER);
        vm.warp(block.timestamp + 5);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, SIGNER));
        vault.collectWithReceipt(only, r, signature);
    }

    function test_RevertWhen_TheVoucherOfAReceiptIsBad() public {
        Receipt memory r = receiptOf(7_000);
        bytes memory signature = signReceipt(SIGNER_KEY, r);
        CollectRow memory only = row(config, 6_999, 7_000);
        vm.expectRevert(IBatchSettlement.ClaimExceedsCeiling.selector);
        vault.collectWithReceipt(only, r, signature);
        only.config.token = address(0xBAD);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotBookable.selector, idOf(only.config)));
        vault.collectWithReceipt(only, r, signature);
    }

    // refund

    function test_ARefundBooksWhatWasChargedAndReturnsTheRestAtOnce() public {
        uint256 before = token.balanceOf(BUYER);
        CollectRow memory last = row(config, 10_000, 7_000);
        vm.prank(SIGNER);
        eq(vault.refund(last), 100 * DOLLAR - 7_000);
        eq(token.balanceOf(BUYER) - before, 100 * DOLLAR - 7_000);
        isBooked(channelId, SESSION, 7_000);
        stateIs(channelId, 7_000, 7_000);
        vm.prank(HOST);
        eq(vault.refund(last), 0); // nothing is left
    }

    function test_AChannelThatWasNeverUsedIsReturnedWhole() public {
        vm.prank(HOST);
        eq(vault.refund(CollectRow(config, 0, 0, "")), 100 * DOLLAR);
        isBooked(channelId, SESSION, 0);
        stateIs(channelId, 0, 0);
    }

    function test_RevertWhen_AnyoneElseRefunds() public {
        vm.prank(HOST);
        vault.nameWatchtower(OUTSIDER, true);
        CollectRow memory last = row(config, 10_000, 7_000);
        address[3] memory others = [OUTSIDER, BUYER, OWNER];
        for (uint256 i = 0; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotCollector.selector, others[i]));
            vm.prank(others[i]);
            vault.refund(last);
        }
        last.config.payerAuthorizer = address(0);
        vm.expectRevert(abi.encodeWithSelector(IRevenueVault.RevenueVault_NotBookable.selector, idOf(last.config)));
        vm.prank(HOST);
        vault.refund(last);
    }

    function test_RevertWhen_TheRowOfARefundIsBad() public {
        CollectRow memory last = row(config, 10_000, 7_000);
        last.signature = hex"00";
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(HOST);
        vault.refund(last);
        stateIs(channelId, 100 * DOLLAR, 0);
    }

    // protocol §6: buyer empties the channel and accuses
    function test_F8_ABuyerEmptiesNoChannelThatTheVaultAuthorizes() public {
        address[2] memory both = [BUYER, SESSION];
        for (uint256 i = 0; i < 2; ++i) {
            vm.expectRevert(IBatchSettlement.NotAuthorizedToRefund.selector);
            vm.prank(both[i]);
            channels.refund(config, uint128(100 * DOLLAR));
            bytes memory signature = sign(
                i == 0 ? BUYER_KEY : SESSION_KEY,
                channels.getRefundDigest(channelId, 0, uint128(100 * DOLLAR))
            );
            vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
            channels.refundWithSignature(config, uint128(100 * DOLLAR), 0, signature);
        }
        vm.prank(SESSION);
        channels.initiateWithdraw(config, uint128(100 * DOLLAR));
        vm.warp(block.timestamp + DELAY - 1); // later than any host collects
        vm.expectRevert(IBatchSettlement.WithdrawDelayNotElapsed.selector);
        vm.prank(BUYER);
        channels.finalizeWithdraw(config);
        eq(collect(HOST, row(config, 10_000, 7_000)), 1);
        isBooked(channelId, SESSION, 7_000);
    }

    // Fuzz

    function testFuzz_collectAndBook(uint256[4] memory totals, uint256 balance) public {
        CollectRow[] memory rows = new CollectRow[](4);
        uint256[4] memory balances;
        for (uint256 i = 0; i < 4; ++i) {
            ChannelConfig memory each = channelOf(bytes32(i + 1));
            (totals[i], balances[i]) = (bound(totals[i], 1, 100 * DOLLAR), bound(balance >> (64 * i), 1, 100 * DOLLAR));
            deposit(each, balances[i]);
            rows[i] = row(each, totals[i], totals[i]);
        }
        vm.prank(HOST);
        uint256 count = vault.collectAndBook(rows);
        uint256 claimed = 0;
        for (uint256 i = 0; i < 4; ++i) {
            bool fits = totals[i] <= balances[i];
            isBooked(idOf(rows[i].config), SESSION, fits ? totals[i] : 0);
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
        uint256 booked = vault.booked(channelId, SESSION);
        (uint128 claimed, ) = channels.receivers(address(vault), address(token));
        eq(booked, claimed);
        require(booked <= 100 * DOLLAR && booked <= max && booked <= total, "booked too much");
        eq(token.balanceOf(BATCH_SETTLEMENT), 100 * DOLLAR);
    }

    function testFuzz_collectWithReceipt(uint256 total, uint256 max, address caller) public {
        (max, total) = (bound(max, 1, 100 * DOLLAR), bound(total, 1, 100 * DOLLAR));
        Receipt memory r = receiptOf(total);
        CollectRow memory only = row(config, max, total);
        bytes memory signature = signReceipt(SIGNER_KEY, r);
        if (total > max) vm.expectRevert(IBatchSettlement.ClaimExceedsCeiling.selector);
        vm.prank(caller);
        vault.collectWithReceipt(only, r, signature);
        isBooked(channelId, SESSION, total > max ? 0 : total);
    }

    function testFuzz_refund(uint256 total) public {
        total = bound(total, 0, 100 * DOLLAR);
        uint256 before = token.balanceOf(BUYER);
        CollectRow memory last = row(config, total, total);
        vm.prank(HOST);
        eq(vault.refund(last), 100 * DOLLAR - total);
        eq(token.balanceOf(BUYER) - before, 100 * DOLLAR - total);
        isBooked(channelId, SESSION, total);
    }

    function testFuzz_nameWatchtower(address watchtower, bool named) public {
        vm.prank(HOST);
        vault.nameWatchtower(watchtower, named);
        require(vault.isWatchtower(watchtower) == named, "another state");
    }
}
