// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AllowanceCollector} from "./Collectors.sol";
import {MoneyFixture} from "./MoneyFixture.sol";
import {BatchSettlement} from "../src/channels/BatchSettlement.sol";
import {ERC3009DepositCollector} from "../src/channels/ERC3009DepositCollector.sol";
import {
    BATCH_SETTLEMENT,
    ChannelConfig,
    ERC3009_DEPOSIT_COLLECTOR,
    IBatchSettlement,
    Voucher,
    VoucherClaim
} from "../src/interfaces/IBatchSettlement.sol";

/// @notice The channel contract and its collectors at their addresses, and the steps of a channel's life.
abstract contract ChannelFixture is MoneyFixture {
    uint256 internal constant SESSION_KEY = 0x5e55;
    uint256 internal constant FACILITATOR_KEY = 0xfac;
    uint40 internal constant DELAY = 48 hours;

    IBatchSettlement internal constant channels = IBatchSettlement(BATCH_SETTLEMENT);
    AllowanceCollector internal collector;
    address internal SESSION = vm.addr(SESSION_KEY);
    address internal FACILITATOR = vm.addr(FACILITATOR_KEY);

    function placeChannels() internal {
        vm.etch(BATCH_SETTLEMENT, type(BatchSettlement).runtimeCode);
        vm.etch(ERC3009_DEPOSIT_COLLECTOR, type(ERC3009DepositCollector).runtimeCode);
        collector = new AllowanceCollector();
    }

    /// @notice BUYER pays `receiver`, its session key signs, FACILITATOR may act for the receiver.
    function configOf(address receiver, bytes32 salt) internal view returns (ChannelConfig memory) {
        return
            ChannelConfig({
                payer: BUYER,
                payerAuthorizer: SESSION,
                receiver: receiver,
                receiverAuthorizer: FACILITATOR,
                token: address(token),
                withdrawDelay: DELAY,
                salt: salt
            });
    }

    function idOf(ChannelConfig memory config) internal view returns (bytes32) {
        return channels.getChannelId(config);
    }

    /// @notice A deposit by BUYER's allowance.
    function deposit(ChannelConfig memory config, uint256 amount) internal returns (bytes32 channelId) {
        channels.deposit(config, uint128(amount), address(collector), "");
        return idOf(config);
    }

    function voucher(
        ChannelConfig memory config,
        uint256 max,
        uint256 total
    ) internal view returns (VoucherClaim memory) {
        return voucherBy(SESSION_KEY, config, max, total);
    }

    function voucherBy(
        uint256 key,
        ChannelConfig memory config,
        uint256 max,
        uint256 total
    ) internal view returns (VoucherClaim memory) {
        bytes32 digest = channels.getVoucherDigest(idOf(config), uint128(max));
        return VoucherClaim(Voucher(config, uint128(max)), sign(key, digest), uint128(total));
    }

    function one(VoucherClaim memory row) internal pure returns (VoucherClaim[] memory rows) {
        rows = new VoucherClaim[](1);
        rows[0] = row;
    }

    function two(VoucherClaim memory a, VoucherClaim memory b) internal pure returns (VoucherClaim[] memory rows) {
        rows = new VoucherClaim[](2);
        (rows[0], rows[1]) = (a, b);
    }

    /// @notice FACILITATOR claims a voucher of that much.
    function claim(ChannelConfig memory config, uint256 total) internal {
        VoucherClaim[] memory rows = one(voucher(config, total, total));
        vm.prank(FACILITATOR);
        channels.claim(rows);
    }

    function stateIs(bytes32 channelId, uint256 balance, uint256 totalClaimed) internal view {
        (uint128 actualBalance, uint128 actualClaimed) = channels.channels(channelId);
        eq(actualBalance, balance);
        eq(actualClaimed, totalClaimed);
    }

    function pendingIs(bytes32 channelId, uint256 amount, uint256 initiatedAt) internal view {
        (uint128 actualAmount, uint40 actualAt) = channels.pendingWithdrawals(channelId);
        eq(actualAmount, amount);
        eq(actualAt, initiatedAt);
    }

    function receiverIs(address receiver, uint256 totalClaimed, uint256 totalSettled) internal view {
        (uint128 claimed, uint128 settled) = channels.receivers(receiver, address(token));
        eq(claimed, totalClaimed);
        eq(settled, totalSettled);
    }
}

/// @notice Channels alone, to a receiver with a key.
abstract contract ChannelTest is ChannelFixture {
    address internal constant RECEIVER = address(0x7ece17e7);

    ChannelConfig internal config;
    bytes32 internal channelId;

    function setUp() public virtual {
        vm.warp(1_800_000_000);
        deployToken();
        placeChannels();
        fund(BUYER, address(collector));
        config = configOf(RECEIVER, "salt");
        channelId = idOf(config);
    }
}
