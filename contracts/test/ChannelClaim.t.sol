// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelTest} from "../testing/ChannelFixture.sol";
import {SmartWallet} from "../testing/SmartWallet.sol";
import {BATCH_SETTLEMENT, ChannelConfig, IBatchSettlement, VoucherClaim} from "../src/interfaces/IBatchSettlement.sol";

// claim
// ├── when there are no rows                    reverts
// ├── when the caller is neither receiver nor receiver authorizer of a row    reverts them all
// ├── when a row raises nothing                 skips it, unchecked
// ├── when a total is above its voucher         reverts
// ├── when a total is above the balance         reverts
// ├── when the payer authorizer did not sign    reverts
// ├── when there is none and the payer did not sign, by ECDSA or ERC-1271    reverts
// ├── when a later row is wrong                 leaves nothing of the earlier ones
// └── otherwise                                 raises channel and receiver
// claimWithSignature
// ├── when the receiver authorizer did not sign these rows    reverts
// ├── when a row has another receiver authorizer    reverts
// └── otherwise                                 is open to anyone
// settle
// ├── when nothing is claimed or all is settled changes nothing
// └── otherwise                                 pays the receiver, whoever calls
contract ChannelClaimTest is ChannelTest {
    uint256 private constant AMOUNT = 100e6;

    function setUp() public override {
        super.setUp();
        deposit(config, AMOUNT);
    }

    function test_AClaimRaisesChannelAndReceiver() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 7));
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Claimed(channelId, FACILITATOR, 7, 7);
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 7);
        receiverIs(RECEIVER, 7, 0);
    }

    function test_TheReceiverClaimsItself() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        vm.prank(RECEIVER);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 10);
    }

    function test_ALaterClaimAddsTheDifference() public {
        claim(config, 7);
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Claimed(channelId, RECEIVER, 3, 10);
        vm.prank(RECEIVER);
        channels.claim(rows);
        receiverIs(RECEIVER, 10, 0);
    }

    function test_TwoChannelsInOneClaim() public {
        ChannelConfig memory other = configOf(RECEIVER, "other");
        deposit(other, AMOUNT);
        VoucherClaim[] memory rows = two(voucher(config, 10, 10), voucher(other, 20, 15));
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 10);
        stateIs(idOf(other), AMOUNT, 15);
        receiverIs(RECEIVER, 25, 0);
    }

    function test_TheWholeBalanceCanBeClaimed() public {
        claim(config, AMOUNT);
        stateIs(channelId, AMOUNT, AMOUNT);
    }

    function test_AStaleRowIsSkippedUnchecked() public {
        claim(config, 10);
        VoucherClaim[] memory rows = two(voucher(config, 10, 10), voucher(config, 12, 9));
        rows[0].signature = "";
        rows[1].signature = hex"00";
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 10);
        receiverIs(RECEIVER, 10, 0);
    }

    function test_ARowTwiceCountsOnce() public {
        VoucherClaim[] memory rows = two(voucher(config, 10, 10), voucher(config, 10, 10));
        vm.prank(FACILITATOR);
        channels.claim(rows);
        receiverIs(RECEIVER, 10, 0);
    }

    function test_RevertWhen_ThereAreNoRows() public {
        vm.expectRevert(IBatchSettlement.EmptyBatch.selector);
        channels.claim(new VoucherClaim[](0));
    }

    function test_RevertWhen_AStrangerClaims() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        address[4] memory strangers = [OUTSIDER, BUYER, SESSION, address(token)];
        for (uint256 i = 0; i < strangers.length; ++i) {
            vm.expectRevert(IBatchSettlement.NotAuthorizedToClaim.selector);
            vm.prank(strangers[i]);
            channels.claim(rows);
        }
    }

    function test_RevertWhen_OneRowIsAnotherReceivers() public {
        ChannelConfig memory other = configOf(OUTSIDER, "salt");
        other.receiverAuthorizer = OUTSIDER;
        deposit(other, AMOUNT);
        VoucherClaim[] memory rows = two(voucher(config, 10, 10), voucher(other, 10, 10));
        vm.expectRevert(IBatchSettlement.NotAuthorizedToClaim.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 0);
    }

    function test_RevertWhen_TheTotalIsAboveTheVoucher() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 11));
        vm.expectRevert(IBatchSettlement.ClaimExceedsCeiling.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_RevertWhen_TheTotalIsAboveTheBalance() public {
        VoucherClaim[] memory rows = one(voucher(config, AMOUNT + 1, AMOUNT + 1));
        vm.expectRevert(IBatchSettlement.ClaimExceedsBalance.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_RevertWhen_TheChannelIsUnfunded() public {
        VoucherClaim[] memory rows = one(voucher(configOf(RECEIVER, "empty"), 1, 1));
        vm.expectRevert(IBatchSettlement.ClaimExceedsBalance.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    // protocol §6: host forges a permit (own authorizer, own token, own collector)
    function test_RevertWhen_AnotherKeySigned() public {
        VoucherClaim[] memory rows = one(voucherBy(BUYER_KEY, config, 10, 10)); // the payer is not the authorizer
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_RevertWhen_TheVoucherIsOfAnotherChannel() public {
        ChannelConfig memory other = configOf(RECEIVER, "other");
        deposit(other, AMOUNT);
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        rows[0].voucher.channel = other;
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_RevertWhen_TheCeilingWasRaised() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 11));
        rows[0].voucher.maxClaimableAmount = 11;
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    // protocol §6: signatures that stop verifying (ERC-1271, 7702, high-s)
    function test_RevertWhen_TheSignatureIsBent() public {
        VoucherClaim memory good = voucher(config, 10, 10);
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(SESSION_KEY, channels.getVoucherDigest(channelId, 10));
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes[4] memory bent = [
            abi.encodePacked(r, bytes32(order - uint256(s)), v == 27 ? uint8(28) : uint8(27)),
            abi.encodePacked(r, s),
            abi.encodePacked(r, s, uint8(v - 27)),
            bytes("")
        ];
        for (uint256 i = 0; i < bent.length; ++i) {
            VoucherClaim[] memory rows = one(good);
            rows[0].signature = bent[i];
            vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
            vm.prank(FACILITATOR);
            channels.claim(rows);
        }
    }

    function test_RevertWhen_AnAuthorizerIsAContract() public {
        config.payerAuthorizer = address(new SmartWallet(SESSION));
        deposit(config, AMOUNT);
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_WithoutAnAuthorizerThePayerSigns() public {
        config.payerAuthorizer = address(0);
        channelId = deposit(config, AMOUNT);
        VoucherClaim[] memory rows = one(voucherBy(BUYER_KEY, config, 10, 10));
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 10);

        rows = one(voucherBy(SESSION_KEY, config, 11, 11));
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function test_WithoutAnAuthorizerASmartAccountSigns() public {
        SmartWallet wallet = new SmartWallet(SESSION);
        fund(address(wallet), address(collector));
        (config.payer, config.payerAuthorizer) = (address(wallet), address(0));
        channelId = deposit(config, AMOUNT);
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 10);
    }

    /// @notice x402's contract takes a batch as a whole: whoever wants the good rows alone claims them one by one, as a
    /// vault does.
    function test_RevertWhen_OneRowIsPoisoned() public {
        ChannelConfig memory other = configOf(RECEIVER, "other");
        deposit(other, 5);
        VoucherClaim[] memory rows = two(voucher(config, 10, 10), voucher(other, 6, 6));
        vm.expectRevert(IBatchSettlement.ClaimExceedsBalance.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
        stateIs(channelId, AMOUNT, 0);
    }

    // claimWithSignature

    function test_AnyoneClaimsWithTheAuthorizersSignature() public {
        ChannelConfig memory other = configOf(OUTSIDER, "other");
        deposit(other, AMOUNT);
        VoucherClaim[] memory rows = two(voucher(config, 10, 7), voucher(other, 10, 8));
        bytes memory signature = sign(FACILITATOR_KEY, channels.getClaimBatchDigest(rows));
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Claimed(channelId, OUTSIDER, 7, 7);
        vm.prank(OUTSIDER);
        channels.claimWithSignature(rows, signature);
        receiverIs(RECEIVER, 7, 0);
        receiverIs(OUTSIDER, 8, 0);
    }

    function test_AContractAuthorizesABatch() public {
        config.receiverAuthorizer = address(new SmartWallet(FACILITATOR));
        channelId = deposit(config, AMOUNT);
        VoucherClaim[] memory rows = one(voucher(config, 10, 7));
        channels.claimWithSignature(rows, sign(FACILITATOR_KEY, channels.getClaimBatchDigest(rows)));
        stateIs(channelId, AMOUNT, 7);
    }

    function test_RevertWhen_ABatchIsEmpty() public {
        bytes memory signature = sign(FACILITATOR_KEY, channels.getClaimBatchDigest(new VoucherClaim[](0)));
        vm.expectRevert(IBatchSettlement.EmptyBatch.selector);
        channels.claimWithSignature(new VoucherClaim[](0), signature);
    }

    function test_RevertWhen_ABatchIsSignedByAnother() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 10));
        bytes memory signature = sign(SESSION_KEY, channels.getClaimBatchDigest(rows));
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        channels.claimWithSignature(rows, signature);
    }

    function test_RevertWhen_ATotalWasRaisedAfterSigning() public {
        VoucherClaim[] memory rows = one(voucher(config, 10, 7));
        bytes memory signature = sign(FACILITATOR_KEY, channels.getClaimBatchDigest(rows));
        rows[0].totalClaimed = 10;
        vm.expectRevert(IBatchSettlement.InvalidSignature.selector);
        channels.claimWithSignature(rows, signature);
    }

    function test_RevertWhen_ARowHasAnotherAuthorizer() public {
        ChannelConfig memory other = configOf(RECEIVER, "other");
        other.receiverAuthorizer = OUTSIDER;
        deposit(other, AMOUNT);
        VoucherClaim[] memory rows = two(voucher(config, 10, 7), voucher(other, 10, 8));
        bytes memory signature = sign(FACILITATOR_KEY, channels.getClaimBatchDigest(rows));
        vm.expectRevert(IBatchSettlement.NotReceiverAuthorizer.selector);
        channels.claimWithSignature(rows, signature);
    }

    // settle

    function test_AnyoneSettles() public {
        claim(config, 10);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Settled(RECEIVER, address(token), OUTSIDER, 10);
        vm.prank(OUTSIDER);
        channels.settle(RECEIVER, address(token));
        receiverIs(RECEIVER, 10, 10);
        eq(token.balanceOf(RECEIVER), 10);
        eq(token.balanceOf(BATCH_SETTLEMENT), AMOUNT - 10);
    }

    function test_SettlingTwicePaysOnce() public {
        claim(config, 10);
        channels.settle(RECEIVER, address(token));
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), 10);
        claim(config, 12);
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), 12);
        receiverIs(RECEIVER, 12, 12);
    }

    function test_SettlingNothingIsNoError() public {
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), 0);
        receiverIs(RECEIVER, 0, 0);
    }

    function test_ATokenThatCallsBackSettlesOnce() public {
        claim(config, 10);
        token.callBack(BATCH_SETTLEMENT, abi.encodeCall(channels.settle, (RECEIVER, address(token))));
        channels.settle(RECEIVER, address(token));
        require(token.hookReverted(), "reentered");
        eq(token.balanceOf(RECEIVER), 10);
    }

    function test_RevertWhen_TheTokenRefusesTheReceiver() public {
        claim(config, 10);
        token.refuse(RECEIVER, true);
        vm.expectPartialRevert(bytes4(keccak256("Refused(address)")));
        channels.settle(RECEIVER, address(token));
        receiverIs(RECEIVER, 10, 0);
    }

    // multicall

    function test_ClaimAndSettleInOneCall() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(channels.claim, (one(voucher(config, 10, 10))));
        calls[1] = abi.encodeCall(channels.settle, (RECEIVER, address(token)));
        vm.prank(FACILITATOR);
        channels.multicall(calls);
        eq(token.balanceOf(RECEIVER), 10);
    }

    function test_RevertWhen_OneCallOfSeveralFails() public {
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(channels.claim, (one(voucher(config, 10, 10))));
        calls[1] = abi.encodeCall(channels.refund, (config, 0));
        vm.expectRevert(IBatchSettlement.ZeroRefund.selector);
        vm.prank(FACILITATOR);
        channels.multicall(calls);
        stateIs(channelId, AMOUNT, 0);
    }

    // Fuzz

    function testFuzz_claim(uint256 balance, uint256 max, uint256 total, uint256 next) public {
        (balance, max, total) = (bound(balance, 1, 500e6), bound(max, 0, 600e6), bound(total, 0, 600e6));
        config.salt = "fuzz";
        channelId = deposit(config, balance);
        VoucherClaim[] memory rows = one(voucher(config, max, total));
        if (total != 0 && total > max) vm.expectRevert(IBatchSettlement.ClaimExceedsCeiling.selector);
        else if (total > balance) vm.expectRevert(IBatchSettlement.ClaimExceedsBalance.selector);
        vm.prank(FACILITATOR);
        channels.claim(rows);
        uint256 claimed = total > max || total > balance ? 0 : total;
        stateIs(channelId, balance, claimed);

        next = bound(next, 0, balance);
        claim(config, next);
        if (next > claimed) claimed = next;
        stateIs(channelId, balance, claimed);
        receiverIs(RECEIVER, claimed, 0);
    }

    function testFuzz_claimWithSignature(uint256 total, address sender) public {
        total = bound(total, 1, AMOUNT);
        VoucherClaim[] memory rows = one(voucher(config, AMOUNT, total));
        bytes memory signature = sign(FACILITATOR_KEY, channels.getClaimBatchDigest(rows));
        vm.prank(sender);
        channels.claimWithSignature(rows, signature);
        stateIs(channelId, AMOUNT, total);
    }

    function testFuzz_RevertWhen_claimedByAnyoneElse(address sender, uint256 total) public {
        vm.assume(sender != RECEIVER && sender != FACILITATOR);
        VoucherClaim[] memory rows = one(voucher(config, AMOUNT, bound(total, 1, AMOUNT)));
        vm.expectRevert(IBatchSettlement.NotAuthorizedToClaim.selector);
        vm.prank(sender);
        channels.claim(rows);
    }

    function testFuzz_settle(uint256 first, uint256 second) public {
        (first, second) = (bound(first, 1, AMOUNT), bound(second, 1, AMOUNT));
        claim(config, first);
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), first);
        claim(config, second);
        channels.settle(RECEIVER, address(token));
        eq(token.balanceOf(RECEIVER), first > second ? first : second);
        eq(token.balanceOf(BATCH_SETTLEMENT), AMOUNT - token.balanceOf(RECEIVER));
    }

    function testFuzz_multicall(uint256 first, uint256 second) public {
        (first, second) = (bound(first, 1, AMOUNT), bound(second, 1, AMOUNT));
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(channels.claim, (one(voucher(config, first, first))));
        calls[1] = abi.encodeCall(channels.claim, (one(voucher(config, second, second))));
        vm.prank(FACILITATOR);
        channels.multicall(calls);
        stateIs(channelId, AMOUNT, first > second ? first : second);
    }
}
