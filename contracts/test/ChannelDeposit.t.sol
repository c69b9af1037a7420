// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelTest} from "../testing/ChannelFixture.sol";
import {SmartWallet} from "../testing/SmartWallet.sol";
import {ERC3009DepositCollector} from "../src/channels/ERC3009DepositCollector.sol";
import {
    BATCH_SETTLEMENT,
    ChannelConfig,
    ERC3009_DEPOSIT_COLLECTOR,
    IBatchSettlement,
    VoucherClaim
} from "../src/interfaces/IBatchSettlement.sol";

// getChannelId, digests                       EIP-712 of this contract, chain and name, whatever the caller
// deposit
// ├── when payer, receiver, receiver authorizer or token is zero    reverts
// ├── when the withdraw delay is out of range   reverts one second below and above
// ├── when nothing is deposited, or by nobody   reverts
// ├── when the balance would overflow           reverts
// ├── when the collector brings less or more    reverts
// ├── when the token keeps a fee                reverts
// ├── when the collector calls back             every entry is shut
// ├── when it is the first                      opens the channel
// ├── when the channel is open                  adds to it
// └── when the channel was emptied unclaimed    opens it again
// ERC3009DepositCollector
// ├── when called by anyone else                reverts
// ├── when the authorization is for another channel, amount or salt    reverts
// └── otherwise                                 brings the money, also of a smart account
contract ChannelDepositTest is ChannelTest {
    uint256 private constant AMOUNT = 100e6;

    function test_TheChannelIdIsTypedData() public view {
        bytes32 typeHash = keccak256(
            "ChannelConfig(address payer,address payerAuthorizer,address receiver,address receiverAuthorizer,address token,uint40 withdrawDelay,bytes32 salt)"
        );
        eq(channels.CHANNEL_CONFIG_TYPEHASH(), typeHash);
        eq(channelId, typedDigest("x402 Batch Settlement", BATCH_SETTLEMENT, keccak256(abi.encode(typeHash, config))));
    }

    function test_DigestsAreTypedData() public view {
        bytes32 voucherType = keccak256("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");
        eq(channels.VOUCHER_TYPEHASH(), voucherType);
        bytes32 inner = keccak256(abi.encode(voucherType, channelId, 5));
        eq(channels.getVoucherDigest(channelId, 5), typedDigest("x402 Batch Settlement", BATCH_SETTLEMENT, inner));

        bytes32 refundType = keccak256("Refund(bytes32 channelId,uint256 nonce,uint128 amount)");
        eq(channels.REFUND_TYPEHASH(), refundType);
        inner = keccak256(abi.encode(refundType, channelId, 3, 5));
        eq(channels.getRefundDigest(channelId, 3, 5), typedDigest("x402 Batch Settlement", BATCH_SETTLEMENT, inner));
    }

    function test_TheBatchDigestIsTypedData() public view {
        bytes32 entryType = keccak256("ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)");
        bytes32 batchType = keccak256(
            "ClaimBatch(ClaimEntry[] claims)ClaimEntry(bytes32 channelId,uint128 maxClaimableAmount,uint128 totalClaimed)"
        );
        eq(channels.CLAIM_ENTRY_TYPEHASH(), entryType);
        eq(channels.CLAIM_BATCH_TYPEHASH(), batchType);
        ChannelConfig memory other = configOf(RECEIVER, "other");
        bytes32 first = keccak256(abi.encode(entryType, channelId, 9, 4));
        bytes32 second = keccak256(abi.encode(entryType, idOf(other), 8, 3));
        bytes32 inner = keccak256(abi.encode(batchType, keccak256(abi.encodePacked(first, second))));
        VoucherClaim[] memory rows = two(voucher(config, 9, 4), voucher(other, 8, 3));
        eq(channels.getClaimBatchDigest(rows), typedDigest("x402 Batch Settlement", BATCH_SETTLEMENT, inner));
    }

    function test_TheDomainIsPublished() public view {
        (bool done, bytes memory answer) = BATCH_SETTLEMENT.staticcall(abi.encodeWithSignature("eip712Domain()"));
        require(done, "eip712Domain");
        (bytes1 fields, string memory name, string memory version, uint256 chainId, address contract_, , ) = abi.decode(
            answer,
            (bytes1, string, string, uint256, address, bytes32, uint256[])
        );
        eq(bytes32(fields), bytes32(bytes1(0x0f)));
        eq(keccak256(bytes(name)), keccak256("x402 Batch Settlement"));
        eq(keccak256(bytes(version)), keccak256("1"));
        eq(chainId, block.chainid);
        eq(contract_, BATCH_SETTLEMENT);
    }

    function test_TheDelayBoundsArePublished() public view {
        eq(channels.MIN_WITHDRAW_DELAY(), 15 minutes);
        eq(channels.MAX_WITHDRAW_DELAY(), 30 days);
    }

    function test_AnotherChainIsAnotherChannel() public {
        vm.chainId(1);
        require(idOf(config) != channelId, "the same channel");
    }

    function test_TheFirstDepositOpensTheChannel() public {
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.ChannelCreated(channelId, config);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Deposited(channelId, OUTSIDER, uint128(AMOUNT), uint128(AMOUNT));
        vm.prank(OUTSIDER);
        deposit(config, AMOUNT);
        stateIs(channelId, AMOUNT, 0);
        eq(token.balanceOf(BATCH_SETTLEMENT), AMOUNT);
        eq(token.balanceOf(BUYER), 900e6);
    }

    function test_ASecondDepositAdds() public {
        deposit(config, AMOUNT);
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.Deposited(channelId, address(this), 1, uint128(AMOUNT + 1));
        deposit(config, 1);
        stateIs(channelId, AMOUNT + 1, 0);
    }

    function test_AnEmptiedChannelOpensAgain() public {
        deposit(config, AMOUNT);
        vm.prank(RECEIVER);
        channels.refund(config, uint128(AMOUNT));
        vm.expectEmit(BATCH_SETTLEMENT);
        emit IBatchSettlement.ChannelCreated(channelId, config);
        deposit(config, AMOUNT);
        stateIs(channelId, AMOUNT, 0);
    }

    function test_RevertWhen_APartyIsMissing() public {
        ChannelConfig[4] memory broken = [
            config,
            configOf(RECEIVER, "salt"),
            configOf(RECEIVER, "salt"),
            configOf(address(0), "salt")
        ];
        broken[0].payer = address(0);
        broken[1].receiverAuthorizer = address(0);
        broken[2].token = address(0);
        for (uint256 i = 0; i < 4; ++i) {
            vm.expectRevert(IBatchSettlement.InvalidChannel.selector);
            channels.deposit(broken[i], 1, address(collector), "");
        }
    }

    function test_RevertWhen_TheDelayIsOutOfRange() public {
        uint40[4] memory delays = [uint40(15 minutes) - 1, uint40(30 days) + 1, uint40(15 minutes), uint40(30 days)];
        for (uint256 i = 0; i < 4; ++i) {
            config.withdrawDelay = delays[i];
            if (i < 2) vm.expectRevert(IBatchSettlement.WithdrawDelayOutOfRange.selector);
            channels.deposit(config, 1, address(collector), "");
        }
    }

    function test_RevertWhen_NothingIsDeposited() public {
        vm.expectRevert(IBatchSettlement.ZeroDeposit.selector);
        channels.deposit(config, 0, address(collector), "");
    }

    function test_RevertWhen_NobodyCollects() public {
        vm.expectRevert(IBatchSettlement.InvalidCollector.selector);
        channels.deposit(config, 1, address(0), "");
    }

    function test_RevertWhen_TheBalanceWouldOverflow() public {
        deposit(config, 1);
        vm.expectRevert(IBatchSettlement.DepositOverflow.selector);
        channels.deposit(config, type(uint128).max, address(collector), "");
    }

    function test_RevertWhen_TheCollectorBringsAnotherAmount() public {
        for (int256 difference = -1; difference <= 1; difference += 2) {
            collector.bring(difference);
            vm.expectRevert(IBatchSettlement.DepositCollectionFailed.selector);
            channels.deposit(config, 100, address(collector), "");
        }
    }

    function test_RevertWhen_TheTokenKeepsAFee() public {
        token.setFee(100);
        vm.expectRevert(IBatchSettlement.DepositCollectionFailed.selector);
        channels.deposit(config, 100, address(collector), "");
    }

    /// @notice A collector is anybody's code, called in the middle of a deposit.
    function test_ACollectorFindsEveryEntryShut() public {
        VoucherClaim[] memory rows = one(voucher(config, 1, 1));
        bytes[8] memory calls = [
            abi.encodeCall(channels.deposit, (config, 1, address(collector), "")),
            abi.encodeCall(channels.claim, (rows)),
            abi.encodeCall(channels.claimWithSignature, (rows, "")),
            abi.encodeCall(channels.settle, (RECEIVER, address(token))),
            abi.encodeCall(channels.initiateWithdraw, (config, 1)),
            abi.encodeCall(channels.finalizeWithdraw, (config)),
            abi.encodeCall(channels.refund, (config, 1)),
            abi.encodeCall(channels.refundWithSignature, (config, 1, 0, ""))
        ];
        for (uint256 i = 0; i < calls.length; ++i) {
            collector.callBack(calls[i]);
            deposit(config, 1);
            eq(keccak256(collector.answer()), keccak256(abi.encodeWithSignature("ReentrancyGuardReentrantCall()")));
        }
        stateIs(channelId, calls.length, 0);
    }

    // ERC-3009

    function authorization(uint256 amount, uint256 salt) private view returns (bytes memory) {
        bytes32 nonce = keccak256(abi.encode(channelId, salt));
        bytes memory signature = signReceive(
            BUYER_KEY,
            ERC3009_DEPOSIT_COLLECTOR,
            amount,
            0,
            block.timestamp + 60,
            nonce
        );
        return abi.encode(uint256(0), block.timestamp + 60, salt, signature);
    }

    function test_ADepositByAuthorization() public {
        channels.deposit(config, uint128(AMOUNT), ERC3009_DEPOSIT_COLLECTOR, authorization(AMOUNT, 7));
        stateIs(channelId, AMOUNT, 0);
        eq(token.balanceOf(BATCH_SETTLEMENT), AMOUNT);
        eq(token.balanceOf(ERC3009_DEPOSIT_COLLECTOR), 0);
        require(token.authorizationState(BUYER, keccak256(abi.encode(channelId, uint256(7)))), "nonce");
    }

    function test_ADepositOfASmartAccount() public {
        SmartWallet wallet = new SmartWallet(BUYER);
        token.mint(address(wallet), AMOUNT);
        config.payer = address(wallet);
        channelId = idOf(config);
        bytes32 nonce = keccak256(abi.encode(channelId, uint256(7)));
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        bytes32 inner = keccak256(
            abi.encode(typeHash, address(wallet), ERC3009_DEPOSIT_COLLECTOR, AMOUNT, 0, block.timestamp + 60, nonce)
        );
        bytes memory signature = sign(
            BUYER_KEY,
            keccak256(abi.encodePacked(hex"1901", token.DOMAIN_SEPARATOR(), inner))
        );
        bytes memory data = abi.encode(uint256(0), block.timestamp + 60, uint256(7), signature);
        channels.deposit(config, uint128(AMOUNT), ERC3009_DEPOSIT_COLLECTOR, data);
        stateIs(channelId, AMOUNT, 0);
    }

    function test_RevertWhen_AnAuthorizationIsTakenToAnotherChannel() public {
        bytes memory data = authorization(AMOUNT, 7);
        vm.expectRevert("invalid signature");
        channels.deposit(configOf(OUTSIDER, "salt"), uint128(AMOUNT), ERC3009_DEPOSIT_COLLECTOR, data);
    }

    function test_RevertWhen_AnAuthorizationIsForAnotherAmount() public {
        bytes memory data = authorization(AMOUNT, 7);
        vm.expectRevert("invalid signature");
        channels.deposit(config, uint128(AMOUNT - 1), ERC3009_DEPOSIT_COLLECTOR, data);
    }

    function test_RevertWhen_AnAuthorizationIsUsedTwice() public {
        bytes memory data = authorization(AMOUNT, 7);
        channels.deposit(config, uint128(AMOUNT), ERC3009_DEPOSIT_COLLECTOR, data);
        vm.expectRevert("authorization is used or canceled");
        channels.deposit(config, uint128(AMOUNT), ERC3009_DEPOSIT_COLLECTOR, data);
    }

    function test_RevertWhen_AStrangerCollects() public {
        ERC3009DepositCollector stranger = ERC3009DepositCollector(ERC3009_DEPOSIT_COLLECTOR);
        eq(stranger.x402BatchSettlement(), BATCH_SETTLEMENT);
        bytes memory data = authorization(AMOUNT, 7);
        vm.expectRevert(ERC3009DepositCollector.OnlyX402BatchSettlement.selector);
        stranger.collect(BUYER, address(token), AMOUNT, channelId, data);
    }

    // Fuzz

    function testFuzz_deposit(uint256 first, uint256 second, uint256 delay, bytes32 salt) public {
        (first, second) = (bound(first, 1, 500e6), bound(second, 1, 500e6));
        config.withdrawDelay = uint40(bound(delay, 15 minutes, 30 days));
        config.salt = salt;
        channelId = deposit(config, first);
        deposit(config, second);
        stateIs(channelId, first + second, 0);
        eq(token.balanceOf(BATCH_SETTLEMENT), first + second);
    }

    function testFuzz_collect(uint256 amount, uint256 salt) public {
        amount = bound(amount, 1, 1_000e6);
        channels.deposit(config, uint128(amount), ERC3009_DEPOSIT_COLLECTOR, authorization(amount, salt));
        stateIs(channelId, amount, 0);
        eq(token.balanceOf(ERC3009_DEPOSIT_COLLECTOR), 0);
    }

    function testFuzz_getChannelId(ChannelConfig memory a, ChannelConfig memory b) public view {
        bool same = keccak256(abi.encode(a)) == keccak256(abi.encode(b));
        require((idOf(a) == idOf(b)) == same, "ids collide or differ");
    }
}
