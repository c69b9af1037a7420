// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {Totals} from "./Totals.sol";
import {VaultArgs} from "./VaultArgs.sol";
import {ChannelIds} from "../channels/ChannelIds.sol";
import {
    BATCH_SETTLEMENT,
    ChannelConfig,
    IBatchSettlement,
    Voucher,
    VoucherClaim
} from "../interfaces/IBatchSettlement.sol";
import {Receipt} from "../interfaces/Claims.sol";
import {IERC3009} from "../interfaces/IDevDollar.sol";
import {IHostAccounts} from "../interfaces/IHostAccounts.sol";
import {CollectRow, ExactPayment, IRevenueVault} from "../interfaces/IRevenueVault.sol";
import {ExactTransfer} from "../libraries/ExactTransfer.sol";
import {ReceiptHash} from "../libraries/ReceiptHash.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title The part of a vault that knows what was paid: a use is paid when it is booked here (protocol §5).
abstract contract Ledger is IRevenueVault {
    using ExactTransfer for IERC20;
    using Totals for Totals.Trace;

    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,"
        "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    IBatchSettlement private constant CHANNELS = IBatchSettlement(BATCH_SETTLEMENT);

    /// @inheritdoc IRevenueVault
    address public immutable token;
    /// @inheritdoc IRevenueVault
    mapping(address watchtower => bool) public isWatchtower;
    mapping(bytes32 paymentRef => mapping(address client => Totals.Trace)) private _bookings;

    /// @dev A token that takes any call in silence would pass for one that moved money: it is asked something first.
    constructor(address token_) {
        token = token_;
        IERC3009(token_).authorizationState(address(0), 0);
    }

    /// @inheritdoc IRevenueVault
    function nameWatchtower(address watchtower, bool named) external {
        if (msg.sender != account()) revert RevenueVault_NotAccount(msg.sender);
        isWatchtower[watchtower] = named;
        emit WatchtowerNamed(watchtower, named);
    }

    /// @inheritdoc IRevenueVault
    /// @dev Where the token moves the money of an account without code, it recovered that account's key itself: it is
    /// recovered here for all others. A nonce that its payer cancelled reads as used; only that payer can do so, and
    /// only its own accusation is weakened by it.
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef) {
        // Effect
        paymentRef = keccak256(abi.encode("exact", token, payment.from, payment.nonce));
        _record(paymentRef, payment.from, payment.value);
        // Interaction
        try
            IERC3009(token).transferWithAuthorization(
                payment.from,
                address(this),
                payment.value,
                payment.validAfter,
                payment.validBefore,
                payment.nonce,
                signature
            )
        {
            // Check: of what is undone otherwise
            if (payment.from.code.length != 0) _checkSigner(payment, signature);
        } catch (bytes memory reason) {
            _checkSigner(payment, signature);
            if (!IERC3009(token).authorizationState(payment.from, payment.nonce)) LowLevelCall.bubbleRevert(reason);
        }
    }

    /// @inheritdoc IRevenueVault
    function book(ChannelConfig calldata config) external returns (bytes32 channelId) {
        channelId = _channelOf(config);
        if (_bookChannel(channelId, config.payerAuthorizer) == 0) revert RevenueVault_NothingClaimed(channelId);
    }

    /// @inheritdoc IRevenueVault
    function bookShortfall(bytes32 paymentRef, address client, uint256 total) external returns (uint256 paid) {
        uint256 before = booked(paymentRef, client);
        if (!_record(paymentRef, client, total)) return 0;
        paid = total - before;
        emit ShortfallPaid(paymentRef, client, paid, msg.sender);
        IERC20(token).pull(msg.sender, paid);
    }

    /// @inheritdoc IRevenueVault
    function collectAndBook(CollectRow[] calldata rows) external returns (uint256 bookedRows) {
        if (!_isActing(msg.sender) && !isWatchtower[msg.sender]) revert RevenueVault_NotCollector(msg.sender);
        bytes32 domain = ChannelIds.domainOf(BATCH_SETTLEMENT);
        for (uint256 i = 0; i < rows.length; ++i) {
            CollectRow calldata row = rows[i];
            bytes32 channelId = ChannelIds.idOf(domain, row.config);
            if (!_isBookable(row.config)) {
                emit CollectFailed(channelId, abi.encodeWithSelector(RevenueVault_NotBookable.selector, channelId));
                continue;
            }
            // One row at a time, so that a bad one hinders no other. Only ECDSA vouchers get here: no code of a payer
            // runs.
            // solhint-disable-next-line no-empty-blocks
            try CHANNELS.claim(_claimOf(row)) {} catch (bytes memory reason) {
                emit CollectFailed(channelId, reason);
            }
            // A claim that does not revert proves nothing, and one that does may be late: what counts is what stands
            // claimed.
            if (_bookChannel(channelId, row.config.payerAuthorizer) >= row.totalClaimed) ++bookedRows;
        }
    }

    /// @inheritdoc IRevenueVault
    function collectWithReceipt(
        CollectRow calldata row,
        Receipt calldata receipt,
        bytes calldata signature
    ) external returns (bytes32 channelId) {
        channelId = _channelOf(row.config);
        bool states =
            receipt.licenseId == licenseId() &&
                receipt.paymentRef == channelId &&
                receipt.client == row.config.payerAuthorizer &&
                receipt.cumulative == row.totalClaimed;
        if (!states) revert RevenueVault_NotStated(channelId);
        address court = IHostAccounts(registry()).court();
        _checkActing(StrictSignature.signerOf(ReceiptHash.digestOf(court, receipt), signature));
        CHANNELS.claim(_claimOf(row));
        _bookChannel(channelId, receipt.client);
    }

    /// @inheritdoc IRevenueVault
    function refund(CollectRow calldata row) external returns (uint256 returned) {
        _checkActing(msg.sender);
        bytes32 channelId = _channelOf(row.config);
        CHANNELS.claim(_claimOf(row));
        uint256 claimed = _bookChannel(channelId, row.config.payerAuthorizer);
        (uint128 balance, ) = CHANNELS.channels(channelId);
        returned = balance - claimed;
        if (returned != 0) CHANNELS.refund(row.config, uint128(returned));
    }

    /// @inheritdoc IRevenueVault
    function bookedAt(bytes32 paymentRef, address client, uint256 blockNumber) external view returns (uint256) {
        return _bookings[paymentRef][client].totalAt(blockNumber);
    }

    /// @inheritdoc IRevenueVault
    function booked(bytes32 paymentRef, address client) public view returns (uint256) {
        return _bookings[paymentRef][client].latest.amount;
    }

    /// @inheritdoc IRevenueVault
    function registry() public view returns (address registry_) {
        (registry_, ) = VaultArgs.license(address(this));
    }

    /// @inheritdoc IRevenueVault
    function licenseId() public view returns (uint256 id) {
        (, id) = VaultArgs.license(address(this));
    }

    /// @inheritdoc IRevenueVault
    function account() public view returns (address licensee) {
        (licensee, , ) = VaultArgs.parties(address(this));
    }

    /// @inheritdoc IRevenueVault
    function modelId() public view returns (uint256 id) {
        (, id, ) = VaultArgs.parties(address(this));
    }

    /// @inheritdoc IRevenueVault
    function termsId() public view returns (uint32 id) {
        (, , id) = VaultArgs.parties(address(this));
    }

    /// @dev Returns what the channel was claimed for.
    function _bookChannel(bytes32 channelId, address client) private returns (uint256 total) {
        (, total) = CHANNELS.channels(channelId);
        _record(channelId, client, total);
    }

    /// @dev A payer may sign several values under one nonce: the smallest, booked first, must not keep the others out.
    function _record(bytes32 paymentRef, address client, uint256 total) private returns (bool isMore) {
        isMore = _bookings[paymentRef][client].raise(total);
        if (isMore) emit Booked(paymentRef, client, total, msg.sender);
    }

    function _checkActing(address caller) private view {
        if (!_isActing(caller)) revert RevenueVault_NotCollector(caller);
    }

    function _isActing(address caller) private view returns (bool) {
        return IHostAccounts(registry()).actsFor(account(), caller);
    }

    function _checkSigner(ExactPayment calldata payment, bytes calldata signature) private view {
        address recovered = StrictSignature.signerOf(_transferDigest(payment), signature);
        if (recovered == address(0) || recovered != payment.from)
            revert RevenueVault_InvalidSignature(recovered, payment.from);
    }

    function _transferDigest(ExactPayment calldata payment) private view returns (bytes32) {
        bytes32 structHash = keccak256(
            abi.encode(
                TRANSFER_TYPEHASH,
                payment.from,
                address(this),
                payment.value,
                payment.validAfter,
                payment.validBefore,
                payment.nonce
            )
        );
        return MessageHashUtils.toTypedDataHash(IERC20Permit(token).DOMAIN_SEPARATOR(), structHash);
    }

    function _claimOf(CollectRow calldata row) private pure returns (VoucherClaim[] memory claims) {
        claims = new VoucherClaim[](1);
        claims[0] = VoucherClaim(Voucher(row.config, row.maxClaimableAmount), row.signature, row.totalClaimed);
    }

    function _channelOf(ChannelConfig calldata config) private view returns (bytes32 channelId) {
        channelId = ChannelIds.idOf(ChannelIds.domainOf(BATCH_SETTLEMENT), config);
        if (!_isBookable(config)) revert RevenueVault_NotBookable(channelId);
    }

    /// @dev `payer` and collector of a channel prove nothing; the authorizer is the client that receipts name.
    function _isBookable(ChannelConfig calldata config) private view returns (bool) {
        return config.receiver == address(this) && config.token == token && config.payerAuthorizer != address(0);
    }
}
