// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {VaultActions} from "./VaultActions.sol";
import {RevenueVault} from "../../src/RevenueVault.sol";
import {
    BATCH_SETTLEMENT,
    ERC3009_DEPOSIT_COLLECTOR,
    ChannelConfig,
    Voucher,
    VoucherClaim
} from "../../src/interfaces/IBatchSettlement.sol";
import {License} from "../../src/interfaces/ILicenseRegistry.sol";
import {CollectRow} from "../../src/interfaces/IRevenueVault.sol";

/// @notice Prepaid channels into vaults: deposits, vouchers collected well and badly, refunds, withdrawals.
abstract contract ChannelActions is VaultActions {
    uint256 internal constant MOST_CHANNELS = 6;

    ChannelConfig[] internal configs;
    uint256 private deposits;

    function openChannel(uint256 seed, uint256 amount) external {
        unless(configs.length == MOST_CHANNELS);
        (RevenueVault vault, License memory it) = someVault(seed);
        configs.push(
            ChannelConfig(BUYER, BUYER, address(vault), it.account, address(token), 48 hours, bytes32(configs.length))
        );
        depositTo(configs.length - 1, amount);
    }

    function topUp(uint256 seed, uint256 amount) external {
        depositTo(someChannel(seed), amount);
    }

    /// @notice The licensee collects, with a row that the channel contract refuses before the good one.
    function collect(uint256 seed, uint256 amount) external {
        uint256 i = someChannel(seed);
        uint128 total = chargeable(i, amount);
        CollectRow[] memory rows = new CollectRow[](2);
        rows[1] = CollectRow(configs[i], total, total, signVoucher(i, total));
        rows[0] = CollectRow(configs[i], total, total, "bent");
        RevenueVault vault = RevenueVault(configs[i].receiver);
        vm.prank(configs[i].receiverAuthorizer);
        must(address(vault), abi.encodeCall(vault.collectAndBook, (rows)));
        check(follow(vault, channels.getChannelId(configs[i])) == total, "a collected voucher was not booked");
    }

    /// @notice The receiver authorizer claims at the channel contract itself.
    function claim(uint256 seed, uint256 amount) external {
        uint256 i = someChannel(seed);
        uint128 total = chargeable(i, amount);
        VoucherClaim[] memory rows = new VoucherClaim[](1);
        rows[0] = VoucherClaim(Voucher(configs[i], total), signVoucher(i, total), total);
        vm.prank(configs[i].receiverAuthorizer);
        must(BATCH_SETTLEMENT, abi.encodeCall(channels.claim, (rows)));
    }

    /// @notice Anyone books what was claimed.
    function bookChannel(uint256 seed) external {
        uint256 i = someChannel(seed);
        bytes32 id = channels.getChannelId(configs[i]);
        (, uint128 claimed) = channels.channels(id);
        unless(claimed == 0);
        RevenueVault vault = RevenueVault(configs[i].receiver);
        must(address(vault), abi.encodeCall(vault.book, (configs[i])));
        check(follow(vault, id) == claimed, "a booking differs from what was claimed");
    }

    function settle(uint256 seed) external {
        address vault = configs[someChannel(seed)].receiver;
        (uint128 claimed, uint128 settled) = channels.receivers(vault, address(token));
        unless(claimed == settled);
        must(BATCH_SETTLEMENT, abi.encodeCall(channels.settle, (vault, address(token))));
        arrived[vault] += claimed - settled;
    }

    function refund(uint256 seed, uint256 amount) external {
        uint256 i = someChannel(seed);
        uint128 value = chargeable(i, amount);
        (, uint128 claimed) = channels.channels(channels.getChannelId(configs[i]));
        vm.prank(configs[i].receiverAuthorizer);
        must(BATCH_SETTLEMENT, abi.encodeCall(channels.refund, (configs[i], value - claimed)));
    }

    /// @notice The licensee ends a channel through the vault, and the payer has the rest at once.
    function refundAll(uint256 seed, uint256 amount) external {
        uint256 i = someChannel(seed);
        uint128 total = chargeable(i, amount);
        RevenueVault vault = RevenueVault(configs[i].receiver);
        bytes memory call = abi.encodeCall(vault.refund, (CollectRow(configs[i], total, total, signVoucher(i, total))));
        vm.prank(vault.account());
        must(address(vault), call);
        bytes32 id = channels.getChannelId(configs[i]);
        (uint128 balance, uint128 claimed) = channels.channels(id);
        check(follow(vault, id) == total && balance == total && claimed == total, "a channel was not ended");
    }

    function askBack(uint256 seed, uint256 amount) external {
        uint256 i = someChannel(seed);
        uint128 value = chargeable(i, amount);
        bytes32 id = channels.getChannelId(configs[i]);
        (, uint128 claimed) = channels.channels(id);
        (, uint40 initiatedAt) = channels.pendingWithdrawals(id);
        unless(initiatedAt != 0);
        vm.prank(BUYER);
        must(BATCH_SETTLEMENT, abi.encodeCall(channels.initiateWithdraw, (configs[i], value - claimed)));
    }

    function takeBack(uint256 seed) external {
        uint256 i = someChannel(seed);
        (, uint40 initiatedAt) = channels.pendingWithdrawals(channels.getChannelId(configs[i]));
        unless(initiatedAt == 0);
        vm.prank(BUYER);
        channels.finalizeWithdraw(configs[i]);
        check(block.timestamp >= initiatedAt + 48 hours, "a channel was emptied before its delay");
    }

    function someChannel(uint256 seed) internal view returns (uint256) {
        unless(configs.length == 0);
        return seed % configs.length;
    }

    /// @dev A total above what is claimed, and within the channel.
    function chargeable(uint256 i, uint256 amount) private view returns (uint128) {
        (uint128 balance, uint128 claimed) = channels.channels(channels.getChannelId(configs[i]));
        unless(balance == claimed);
        return uint128(bound(amount, claimed + 1, balance));
    }

    function depositTo(uint256 i, uint256 amount) private {
        bytes32 salt = bytes32(++deposits);
        amount = bound(amount, 1, 10 * DOLLAR);
        bytes32 nonce = keccak256(abi.encode(channels.getChannelId(configs[i]), salt));
        bytes32 typeHash = keccak256(
            "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)"
        );
        uint256 validBefore = block.timestamp + 1;
        bytes memory signature = signTyped(
            keccak256(abi.encode(typeHash, BUYER, ERC3009_DEPOSIT_COLLECTOR, amount, 0, validBefore, nonce))
        );
        bytes memory data = abi.encode(uint256(0), validBefore, salt, signature);
        must(
            BATCH_SETTLEMENT,
            abi.encodeCall(channels.deposit, (configs[i], uint128(amount), ERC3009_DEPOSIT_COLLECTOR, data))
        );
    }

    function signVoucher(uint256 i, uint128 total) private view returns (bytes memory) {
        return sign(channels.getVoucherDigest(channels.getChannelId(configs[i]), total));
    }
}
