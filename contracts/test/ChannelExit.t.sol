// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelTest} from "../testing/ChannelFixture.sol";
import {SmartWallet} from "../testing/SmartWallet.sol";
import {BATCH_SETTLEMENT, IBatchSettlement, VoucherClaim} from "../src/interfaces/IBatchSettlement.sol";

// initiateWithdraw
// ├── when the caller is neither payer nor payer authorizer    reverts
// ├── when nothing is asked for, or more than is not claimed   reverts
// ├── when a withdrawal is pending              reverts
// └── otherwise                                 starts the delay
// finalizeWithdraw
// ├── when the caller is neither payer nor payer authorizer    reverts
// ├── when none is pending, or before the delay reverts
// ├── when the host claimed meanwhile           pays what is left of it, if nothing nothing
// └── otherwise                                 pays the payer, whoever of both calls
// refund
// ├── when the caller is neither receiver nor receiver authorizer    reverts
// ├── when nothing is given back                reverts
// ├── when everything is claimed                moves the nonce alone
// ├── when less is given than is pending        leaves the rest pending, at its own time
// ├── when as much or more                      ends the withdrawal
// └── when nothing is left and nothing was claimed    closes the channel
// refundWithSignature
// ├── when the nonce is not the next            reverts, also after a refund without signature
// └── when the receiver authorizer did not sign reverts
contract ChannelExitTest is ChannelTest {
    uint256 private constant AMOUNT = 100e6;

    function setUp() public override {
        super.setUp();
        deposit(config, AMOUNT);
    }

    function initiate(uint256 amount) private {
        vm.prank(BUYER);
        channels.initiateWithdraw(config, uint128(amount));
    }

    function finalise() private {
        vm.prank(BUYER);
        channels.finalizeWithdraw(config);
    }

    function refund(uint256 amount) private {
        vm.prank(RECEIVER);
        channels.refund(config, uint128(amount));
    }

    function test_AWithdrawalWaits() public {
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.WithdrawInitiated(channelId, 40e6, uint40(block.timestamp) + DELAY);
        initiate(40e6);
        pendingIs(channelId, 40e6, block.timestamp);
        stateIs(channelId, AMOUNT, 0);

        vm.warp(block.timestamp + DELAY - 1);
        vm.expectRevert(IBatchSettlement.WithdrawDelayNotElapsed.selector);
        finalise();
        vm.warp(block.timestamp + 1);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.WithdrawFinalized(channelId, BUYER, 40e6);
        finalise();
        pendingIs(channelId, 0, 0);
        stateIs(channelId, 60e6, 0);
        eq(token.balanceOf(BUYER), 940e6);
    }

    function test_TheAuthorizerWithdrawsForThePayer() public {
        vm.prank(SESSION);
        channels.initiateWithdraw(config, 1);
        vm.warp(block.timestamp + DELAY);
        vm.prank(SESSION);
        channels.finalizeWithdraw(config);
        eq(token.balanceOf(BUYER), 900e6 + 1);
        eq(token.balanceOf(SESSION), 0);
    }

    function test_AWholeWithdrawalClosesTheChannel() public {
        initiate(AMOUNT);
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.ChannelClosed(channelId, config);
        finalise();
        stateIs(channelId, 0, 0);
    }

    function test_RevertWhen_AStrangerWithdraws() public {
        address[3] memory strangers = [OUTSIDER, RECEIVER, FACILITATOR];
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(IBatchSettlement.InvalidChannel.selector);
            vm.prank(strangers[i]);
            channels.initiateWithdraw(config, 1);
        }
        initiate(1);
        vm.warp(block.timestamp + DELAY);
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(IBatchSettlement.NotAuthorizedToFinalizeWithdraw.selector);
            vm.prank(strangers[i]);
            channels.finalizeWithdraw(config);
        }
    }

    function test_RevertWhen_NothingIsWithdrawn() public {
        vm.expectRevert(IBatchSettlement.NothingToWithdraw.selector);
        initiate(0);
    }

    function test_RevertWhen_MoreIsAskedThanIsLeft() public {
        claim(config, 30e6);
        vm.expectRevert(IBatchSettlement.WithdrawAmountExceedsAvailable.selector);
        initiate(70e6 + 1);
        initiate(70e6);
        pendingIs(channelId, 70e6, block.timestamp);
    }

    function test_RevertWhen_AWithdrawalIsPending() public {
        initiate(1);
        vm.expectRevert(IBatchSettlement.WithdrawalAlreadyPending.selector);
        initiate(1);
    }

    function test_RevertWhen_NoWithdrawalIsPending() public {
        vm.expectRevert(IBatchSettlement.WithdrawalNotPending.selector);
        finalise();
    }

    // peers.md §5: withdrawal opened before any deposit
    function test_RevertWhen_AWithdrawalIsOpenedBeforeAnyDeposit() public {
        config.salt = "empty";
        vm.expectRevert(IBatchSettlement.WithdrawAmountExceedsAvailable.selector);
        initiate(1);
        pendingIs(idOf(config), 0, 0);
    }

    // peers.md §5: payer withdraws before the claim lands
    // protocol §6: buyer empties the channel and accuses
    function test_APayerThatWithdrawsFirstLeavesTheVoucherWorthless() public {
        VoucherClaim[] memory rows = one(voucher(config, AMOUNT, AMOUNT));
        initiate(AMOUNT);
        vm.warp(block.timestamp + DELAY);
        finalise();
        vm.expectRevert(IBatchSettlement.ClaimExceedsBalance.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    /// @notice The host has the whole delay to claim: what it claims in that time is out of the payer's reach.
    function test_AClaimInTheDelayWins() public {
        initiate(AMOUNT);
        vm.warp(block.timestamp + DELAY - 1);
        claim(config, 30e6);
        vm.warp(block.timestamp + 1);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.WithdrawFinalized(channelId, BUYER, 70e6);
        finalise();
        stateIs(channelId, 30e6, 30e6);
        eq(token.balanceOf(BUYER), 970e6);
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), 30e6);
    }

    function test_AWithdrawalOfWhatWasClaimedPaysNothing() public {
        initiate(AMOUNT);
        claim(config, AMOUNT);
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.WithdrawFinalized(channelId, BUYER, 0);
        finalise();
        stateIs(channelId, AMOUNT, AMOUNT);
        pendingIs(channelId, 0, 0);
        eq(token.balanceOf(BUYER), 900e6);
    }

    function test_ADepositInTheDelayStays() public {
        initiate(AMOUNT);
        deposit(config, 5);
        vm.warp(block.timestamp + DELAY);
        finalise();
        stateIs(channelId, 5, 0);
    }

    function test_ATokenThatCallsBackWithdrawsOnce() public {
        initiate(10);
        vm.warp(block.timestamp + DELAY);
        token.callBack(BATCH_SETTLEMENT, abi.encodeCall(channels.settle, (RECEIVER, address(token))));
        finalise();
        require(token.hookReverted(), "reentered");
        stateIs(channelId, AMOUNT - 10, 0);
    }

    // refund

    function test_TheReceiverGivesBack() public {
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Refunded(channelId, RECEIVER, 10);
        refund(10);
        stateIs(channelId, AMOUNT - 10, 0);
        eq(token.balanceOf(BUYER), 900e6 + 10);
        eq(channels.refundNonce(channelId), 1);
        vm.prank(FACILITATOR);
        channels.refund(config, 5);
        stateIs(channelId, AMOUNT - 15, 0);
        eq(channels.refundNonce(channelId), 2);
    }

    // peers.md §5: refund by someone who only knows the channel id
    function test_RevertWhen_AStrangerRefunds() public {
        address[3] memory strangers = [OUTSIDER, BUYER, SESSION];
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(IBatchSettlement.NotAuthorizedToRefund.selector);
            vm.prank(strangers[i]);
            channels.refund(config, 1);
        }
    }

    /// @notice A config of one's own names one's own channel, which is empty.
    function test_AForgedConfigRefundsNothing() public {
        config.receiver = OUTSIDER;
        vm.prank(OUTSIDER);
        channels.refund(config, uint128(AMOUNT));
        stateIs(channelId, AMOUNT, 0);
        eq(token.balanceOf(BUYER), 900e6);
    }

    function test_RevertWhen_NothingIsRefunded() public {
        vm.expectRevert(IBatchSettlement.ZeroRefund.selector);
        refund(0);
        eq(channels.refundNonce(channelId), 0);
    }

    // protocol §6: host refunds a channel after serving, or books only when contested
    function test_WhatIsClaimedIsNotRefunded() public {
        claim(config, 30e6);
        refund(AMOUNT);
        stateIs(channelId, 30e6, 30e6);
        eq(token.balanceOf(BUYER), 970e6);
    }

    function test_ARefundOfNothingLeftMovesTheNonce() public {
        claim(config, AMOUNT);
        refund(1);
        eq(channels.refundNonce(channelId), 1);
        eq(token.balanceOf(BUYER), 900e6);
    }

    function test_AWholeRefundClosesTheChannel() public {
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.ChannelClosed(channelId, config);
        refund(AMOUNT);
        stateIs(channelId, 0, 0);
    }

    // peers.md §5: 1-wei refund to cancel a withdrawal
    function test_ATinyRefundCancelsNoWithdrawal() public {
        uint256 started = 1_800_000_000;
        initiate(40e6);
        vm.warp(started + 5);
        refund(1);
        pendingIs(channelId, 40e6 - 1, started);
        vm.warp(started + DELAY);
        finalise();
        eq(token.balanceOf(BUYER), 940e6);
    }

    function test_ARefundOfAllThatIsPendingEndsTheWithdrawal() public {
        initiate(40e6);
        refund(40e6);
        pendingIs(channelId, 0, 0);
        vm.warp(block.timestamp + DELAY);
        vm.expectRevert(IBatchSettlement.WithdrawalNotPending.selector);
        finalise();
    }

    function test_ARefundOfMoreThanIsPendingEndsTheWithdrawal() public {
        initiate(40e6);
        refund(40e6 + 1);
        pendingIs(channelId, 0, 0);
        stateIs(channelId, 60e6 - 1, 0);
    }

    // refundWithSignature

    function signRefund(uint256 key, uint256 nonce, uint256 amount) private view returns (bytes memory) {
        return sign(key, channels.getRefundDigest(channelId, nonce, uint128(amount)));
    }

    function test_AnyoneRefundsWithTheAuthorizersSignature() public {
        bytes memory signature = signRefund(FACILITATOR_KEY, 0, 10);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Refunded(channelId, OUTSIDER, 10);
        vm.prank(OUTSIDER);
        channels.refundWithSignature(config, 10, 0, signature);
        eq(token.balanceOf(BUYER), 900e6 + 10);
        vm.expectRevert(IBatchSettlement.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 10, 0, signature);
    }

    function test_AContractAuthorizesARefund() public {
        config.receiverAuthorizer = address(new SmartWallet(FACILITATOR));
        channelId = deposit(config, AMOUNT);
        channels.refundWithSignature(config, 10, 0, signRefund(FACILITATOR_KEY, 0, 10));
        stateIs(channelId, AMOUNT - 10, 0);
    }

    function test_RevertWhen_ARefundIsSignedByAnother() public {
        bytes memory signature = signRefund(SESSION_KEY, 0, 10);
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        channels.refundWithSignature(config, 10, 0, signature);
    }

    function test_RevertWhen_ASignedRefundIsRaised() public {
        bytes memory signature = signRefund(FACILITATOR_KEY, 0, 10);
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        channels.refundWithSignature(config, 11, 0, signature);
    }

    function test_RevertWhen_ARefundOvertookTheSignature() public {
        bytes memory signature = signRefund(FACILITATOR_KEY, 0, 10);
        refund(1);
        vm.expectRevert(IBatchSettlement.InvalidRefundNonce.selector);
        channels.refundWithSignature(config, 10, 0, signature);
    }

    // Fuzz

    function testFuzz_initiateWithdraw(uint256 claimed, uint256 amount) public {
        (claimed, amount) = (bound(claimed, 0, AMOUNT), bound(amount, 1, AMOUNT + 10));
        claim(config, claimed);
        bool refused = amount > AMOUNT - claimed;
        if (refused) vm.expectRevert(IBatchSettlement.WithdrawAmountExceedsAvailable.selector);
        initiate(amount);
        pendingIs(channelId, refused ? 0 : amount, refused ? 0 : block.timestamp);
    }

    function testFuzz_finalizeWithdraw(uint256 amount, uint256 claimed, uint256 waited) public {
        (amount, claimed, waited) = (
            bound(amount, 1, AMOUNT),
            bound(claimed, 0, AMOUNT),
            bound(waited, 0, 2 * uint256(DELAY))
        );
        initiate(amount);
        claim(config, claimed);
        vm.warp(block.timestamp + waited);
        if (waited < DELAY) vm.expectRevert(IBatchSettlement.WithdrawDelayNotElapsed.selector);
        finalise();
        uint256 out =
            waited < DELAY
                ? 0
                : amount < AMOUNT - claimed
                    ? amount
                    : AMOUNT - claimed;
        stateIs(channelId, AMOUNT - out, claimed);
        eq(token.balanceOf(BUYER), 900e6 + out);
    }

    function testFuzz_refund(uint256 claimed, uint256 pending, uint256 amount) public {
        claimed = bound(claimed, 0, AMOUNT - 1);
        uint256 available = AMOUNT - claimed;
        (pending, amount) = (bound(pending, 1, available), bound(amount, 1, 2 * AMOUNT));
        claim(config, claimed);
        initiate(pending);
        refund(amount);
        uint256 out = amount < available ? amount : available;
        stateIs(channelId, AMOUNT - out, claimed);
        pendingIs(channelId, out < pending ? pending - out : 0, out < pending ? block.timestamp : 0);
        eq(channels.refundNonce(channelId), 1);
    }

    function testFuzz_refundWithSignature(uint256 amount, uint256 nonce, address sender) public {
        (amount, nonce) = (bound(amount, 1, AMOUNT), bound(nonce, 0, 2));
        bytes memory signature = signRefund(FACILITATOR_KEY, nonce, amount);
        if (nonce != 0) vm.expectRevert(IBatchSettlement.InvalidRefundNonce.selector);
        vm.prank(sender);
        channels.refundWithSignature(config, uint128(amount), nonce, signature);
        stateIs(channelId, nonce == 0 ? AMOUNT - amount : AMOUNT, 0);
    }

    /// @notice Whatever happens to a channel, its money is the payer's, the receiver's, or still there.
    function testFuzz_NoUnitIsLost(uint256[8] memory steps) public {
        for (uint256 i = 0; i < steps.length; ++i) {
            uint256 amount = bound(steps[i] >> 8, 1, AMOUNT);
            uint256 step = steps[i] % 6;
            if (step == 0) attempt(SESSION, abi.encodeCall(channels.initiateWithdraw, (config, uint128(amount))));
            if (step == 1) attempt(SESSION, abi.encodeCall(channels.finalizeWithdraw, (config)));
            if (step == 2) attempt(FACILITATOR, abi.encodeCall(channels.refund, (config, uint128(amount))));
            if (step == 3) attempt(FACILITATOR, abi.encodeCall(channels.claim, (one(voucher(config, amount, amount)))));
            if (step == 4) channels.settle(RECEIVER, address(token));
            if (step == 5) vm.warp(block.timestamp + DELAY / 2);
        }
        (uint128 balance, uint128 claimed) = channels.channels(channelId);
        (uint128 receiverClaimed, uint128 settled) = channels.receivers(RECEIVER, address(token));
        eq(receiverClaimed, claimed);
        require(claimed <= balance, "claimed more than there is");
        eq(token.balanceOf(BATCH_SETTLEMENT), balance - settled);
        eq(token.balanceOf(BUYER) + token.balanceOf(RECEIVER) + token.balanceOf(BATCH_SETTLEMENT), 1_000e6);
    }

    function attempt(address sender, bytes memory data) private {
        vm.prank(sender);
        (bool done, ) = BATCH_SETTLEMENT.call(data);
        done; // some steps are refused, whatever their order
    }
}
