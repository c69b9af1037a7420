// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Multicall} from "@openzeppelin/contracts/utils/Multicall.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ChannelHashes} from "./ChannelHashes.sol";
import {ChannelIds} from "./ChannelIds.sol";
import {ChannelConfig, IBatchSettlement, IDepositCollector, VoucherClaim} from "../interfaces/IBatchSettlement.sol";

/// @title One-way payment channels of x402's `batch-settlement` scheme, for dev chains: elsewhere x402's own contract
/// stands at this address.
/// @dev Written from the rules that the official clients rely on. Placed by set-code, so it has neither constructor nor
/// immutables. A
/// voucher that is not yet claimed reserves nothing: whoever relies on one has the withdraw delay to claim it.
contract BatchSettlement is ChannelHashes, Multicall, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Channel {
        uint128 balance;
        uint128 totalClaimed;
    }

    struct Withdrawal {
        uint128 amount;
        uint40 initiatedAt;
    }

    struct Receiver {
        uint128 totalClaimed;
        uint128 totalSettled;
    }

    /// @inheritdoc IBatchSettlement
    uint40 public constant MIN_WITHDRAW_DELAY = 15 minutes;
    /// @inheritdoc IBatchSettlement
    uint40 public constant MAX_WITHDRAW_DELAY = 30 days;

    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => Channel) public channels;
    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => Withdrawal) public pendingWithdrawals;
    /// @inheritdoc IBatchSettlement
    mapping(bytes32 channelId => uint256) public refundNonce;
    /// @inheritdoc IBatchSettlement
    mapping(address receiver => mapping(address token => Receiver)) public receivers;

    /// @inheritdoc IBatchSettlement
    function deposit(
        ChannelConfig calldata config,
        uint128 amount,
        address collector,
        bytes calldata collectorData
    ) external nonReentrant {
        // Check: anybody may pay in, but only a channel that its receiver can claim and its payer can leave.
        _checkConfig(config);
        if (amount == 0) revert ZeroDeposit();
        if (collector == address(0)) revert InvalidCollector();

        // Effect: before the collector runs, which may be anybody's code.
        bytes32 channelId = ChannelIds.idOf(_domain(), config);
        Channel storage channel = channels[channelId];
        uint128 before = channel.balance;
        if (amount > type(uint128).max - before) revert DepositOverflow();
        channel.balance = before + amount;
        bool isNew = before == 0 && channel.totalClaimed == 0;

        // Interaction: exactly the amount must arrive, whatever the collector is or the token takes for itself.
        uint256 held = IERC20(config.token).balanceOf(address(this));
        IDepositCollector(collector).collect(config.payer, config.token, amount, channelId, collectorData);
        if (IERC20(config.token).balanceOf(address(this)) != held + amount) revert DepositCollectionFailed();
        if (isNew) emit ChannelCreated(channelId, config);
        emit Deposited(channelId, msg.sender, amount, before + amount);
    }

    /// @inheritdoc IBatchSettlement
    function claim(VoucherClaim[] calldata voucherClaims) external nonReentrant {
        if (voucherClaims.length == 0) revert EmptyBatch();
        bytes32 domain = _domain();
        for (uint256 i = 0; i < voucherClaims.length; ++i) {
            if (!_isReceiverSide(voucherClaims[i].voucher.channel)) revert NotAuthorizedToClaim();
            _claim(domain, voucherClaims[i]);
        }
    }

    /// @inheritdoc IBatchSettlement
    function claimWithSignature(
        VoucherClaim[] calldata voucherClaims,
        bytes calldata authorizerSignature
    ) external nonReentrant {
        if (voucherClaims.length == 0) revert EmptyBatch();
        bytes32 domain = _domain();
        address authorizer = voucherClaims[0].voucher.channel.receiverAuthorizer;
        bytes32 digest = _claimBatchDigest(domain, voucherClaims);
        if (!SignatureChecker.isValidSignatureNowCalldata(authorizer, digest, authorizerSignature))
            revert InvalidSignature();
        for (uint256 i = 0; i < voucherClaims.length; ++i) {
            if (voucherClaims[i].voucher.channel.receiverAuthorizer != authorizer) revert NotReceiverAuthorizer();
            _claim(domain, voucherClaims[i]);
        }
    }

    /// @inheritdoc IBatchSettlement
    function settle(address receiver, address token) external nonReentrant {
        Receiver storage side = receivers[receiver][token];
        uint128 claimed = side.totalClaimed;
        uint128 amount = claimed - side.totalSettled;
        if (amount == 0) return;
        side.totalSettled = claimed;
        emit Settled(receiver, token, msg.sender, amount);
        IERC20(token).safeTransfer(receiver, amount);
    }

    /// @inheritdoc IBatchSettlement
    function initiateWithdraw(ChannelConfig calldata config, uint128 amount) external nonReentrant {
        if (!_isPayerSide(config)) revert InvalidChannel();
        if (amount == 0) revert NothingToWithdraw();
        bytes32 channelId = ChannelIds.idOf(_domain(), config);
        Withdrawal storage pending = pendingWithdrawals[channelId];
        if (pending.initiatedAt != 0) revert WithdrawalAlreadyPending();
        if (amount > _unclaimed(channels[channelId])) revert WithdrawAmountExceedsAvailable();
        pending.amount = amount;
        pending.initiatedAt = uint40(block.timestamp);
        emit WithdrawInitiated(channelId, amount, uint40(block.timestamp) + config.withdrawDelay);
    }

    /// @inheritdoc IBatchSettlement
    function finalizeWithdraw(ChannelConfig calldata config) external nonReentrant {
        if (!_isPayerSide(config)) revert NotAuthorizedToFinalizeWithdraw();
        bytes32 channelId = ChannelIds.idOf(_domain(), config);
        Withdrawal memory pending = pendingWithdrawals[channelId];
        if (pending.initiatedAt == 0) revert WithdrawalNotPending();
        if (block.timestamp < uint256(pending.initiatedAt) + config.withdrawDelay) revert WithdrawDelayNotElapsed();

        // Effect: what was claimed meanwhile stays.
        Channel storage channel = channels[channelId];
        uint128 amount = uint128(Math.min(pending.amount, _unclaimed(channel)));
        delete pendingWithdrawals[channelId];
        channel.balance -= amount;
        emit WithdrawFinalized(channelId, msg.sender, amount);
        _payBack(channelId, channel, config, amount);
    }

    /// @inheritdoc IBatchSettlement
    function refund(ChannelConfig calldata config, uint128 amount) external nonReentrant {
        if (!_isReceiverSide(config)) revert NotAuthorizedToRefund();
        _refund(ChannelIds.idOf(_domain(), config), config, amount);
    }

    /// @inheritdoc IBatchSettlement
    function refundWithSignature(
        ChannelConfig calldata config,
        uint128 amount,
        uint256 nonce,
        bytes calldata receiverAuthorizerSignature
    ) external nonReentrant {
        bytes32 domain = _domain();
        bytes32 channelId = ChannelIds.idOf(domain, config);
        if (nonce != refundNonce[channelId]) revert InvalidRefundNonce();
        bytes32 digest = _refundDigest(domain, channelId, nonce, amount);
        if (
            !SignatureChecker.isValidSignatureNowCalldata(
                config.receiverAuthorizer,
                digest,
                receiverAuthorizerSignature
            )
        ) {
            revert InvalidSignature();
        }
        _refund(channelId, config, amount);
    }

    function _claim(bytes32 domain, VoucherClaim calldata row) private {
        ChannelConfig calldata config = row.voucher.channel;
        bytes32 channelId = ChannelIds.idOf(domain, config);
        Channel storage channel = channels[channelId];
        uint128 claimed = channel.totalClaimed;
        uint128 total = row.totalClaimed;

        // Check: totals only grow, so a row that was claimed before is stale, not wrong.
        if (total <= claimed) return;
        if (total > row.voucher.maxClaimableAmount) revert ClaimExceedsCeiling();
        if (total > channel.balance) revert ClaimExceedsBalance();
        _checkVoucher(_voucherDigest(domain, channelId, row.voucher.maxClaimableAmount), config, row.signature);

        // Effect
        channel.totalClaimed = total;
        receivers[config.receiver][config.token].totalClaimed += total - claimed;
        emit Claimed(channelId, msg.sender, total - claimed, total);
    }

    /// @dev The nonce moves with every refund, so that no signed one counts twice; also where nothing is left to give
    /// back.
    function _refund(bytes32 channelId, ChannelConfig calldata config, uint128 amount) private {
        if (amount == 0) revert ZeroRefund();
        ++refundNonce[channelId];
        Channel storage channel = channels[channelId];
        amount = uint128(Math.min(amount, _unclaimed(channel)));
        if (amount == 0) return;
        channel.balance -= amount;
        Withdrawal memory pending = pendingWithdrawals[channelId];
        // A part of it came back early: the rest of a withdrawal stays pending, its time too.
        if (pending.amount > amount) pendingWithdrawals[channelId].amount = pending.amount - amount;
        else if (pending.initiatedAt != 0) delete pendingWithdrawals[channelId];
        emit Refunded(channelId, msg.sender, amount);
        _payBack(channelId, channel, config, amount);
    }

    function _payBack(
        bytes32 channelId,
        Channel storage channel,
        ChannelConfig calldata config,
        uint128 amount
    ) private {
        if (channel.balance == 0 && channel.totalClaimed == 0) emit ChannelClosed(channelId, config);
        if (amount != 0) IERC20(config.token).safeTransfer(config.payer, amount);
    }

    function _checkVoucher(bytes32 digest, ChannelConfig calldata config, bytes calldata signature) private view {
        address authorizer = config.payerAuthorizer;
        if (authorizer == address(0)) {
            if (!SignatureChecker.isValidSignatureNowCalldata(config.payer, digest, signature))
                revert InvalidSignature();
            return;
        }
        (address signer, , ) = ECDSA.tryRecoverCalldata(digest, signature);
        if (signer != authorizer) revert InvalidSignature();
    }

    function _checkConfig(ChannelConfig calldata config) private pure {
        if (
            config.payer == address(0) ||
            config.receiver == address(0) ||
            config.receiverAuthorizer == address(0) ||
            config.token == address(0)
        ) revert InvalidChannel();
        if (config.withdrawDelay < MIN_WITHDRAW_DELAY || config.withdrawDelay > MAX_WITHDRAW_DELAY)
            revert WithdrawDelayOutOfRange();
    }

    function _isReceiverSide(ChannelConfig calldata config) private view returns (bool) {
        return msg.sender == config.receiver || msg.sender == config.receiverAuthorizer;
    }

    function _isPayerSide(ChannelConfig calldata config) private view returns (bool) {
        return msg.sender == config.payer || msg.sender == config.payerAuthorizer;
    }

    function _unclaimed(Channel storage channel) private view returns (uint128) {
        return channel.balance - channel.totalClaimed;
    }

    /// @inheritdoc IBatchSettlement
    function multicall(
        bytes[] calldata data
    ) public override(IBatchSettlement, Multicall) returns (bytes[] memory results) {
        return super.multicall(data);
    }
}
