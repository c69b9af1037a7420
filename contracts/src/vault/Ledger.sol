// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {PackedBooking} from "./PackedBooking.sol";
import {VaultArgs} from "./VaultArgs.sol";
import {ChannelIds} from "../channels/ChannelIds.sol";
import {
    BATCH_SETTLEMENT,
    ChannelConfig,
    IBatchSettlement,
    Voucher,
    VoucherClaim
} from "../interfaces/IBatchSettlement.sol";
import {IERC3009} from "../interfaces/IDevDollar.sol";
import {IHostAccounts} from "../interfaces/IHostAccounts.sol";
import {Booking, BookingKind, CollectRow, ExactPayment, IRevenueVault} from "../interfaces/IRevenueVault.sol";
import {StrictSignature} from "../libraries/StrictSignature.sol";

/// @title The part of a vault that knows what was paid: a use is paid when it is booked here (protocol §5).
abstract contract Ledger is IRevenueVault {
    bytes32 private constant TRANSFER_TYPEHASH = keccak256(
        "TransferWithAuthorization(address from,address to,uint256 value,"
        "uint256 validAfter,uint256 validBefore,bytes32 nonce)"
    );
    IBatchSettlement private constant CHANNELS = IBatchSettlement(BATCH_SETTLEMENT);

    /// @inheritdoc IRevenueVault
    address public immutable token;
    mapping(bytes32 paymentRef => uint256 packed) private _bookings;

    constructor(address token_) {
        token = token_;
    }

    /// @inheritdoc IRevenueVault
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef) {
        // Check
        address recovered = StrictSignature.signerOf(_transferDigest(payment), signature);
        if (recovered == address(0) || recovered != payment.from)
            revert RevenueVault_InvalidSignature(recovered, payment.from);
        // A nonce that its payer cancelled reads as used. Only that payer can do so, and only its own accusation is
        // weakened by it;
        // whoever relies on the money asks for the kind of the booking.
        bool isUsed = IERC3009(token).authorizationState(payment.from, payment.nonce);
        // Effect
        paymentRef = keccak256(abi.encode("exact", token, payment.from, payment.nonce));
        _record(paymentRef, payment.from, payment.value, isUsed ? BookingKind.EXACT_SEEN : BookingKind.EXACT);
        // Interaction
        if (isUsed) return paymentRef;
        IERC3009(token).transferWithAuthorization(
            payment.from,
            address(this),
            payment.value,
            payment.validAfter,
            payment.validBefore,
            payment.nonce,
            signature
        );
    }

    /// @inheritdoc IRevenueVault
    function book(ChannelConfig calldata config) external returns (bytes32 channelId) {
        channelId = ChannelIds.idOf(ChannelIds.domainOf(BATCH_SETTLEMENT), config);
        if (!_isBookable(config)) revert RevenueVault_NotBookable(channelId);
        if (_bookChannel(channelId, config.payerAuthorizer) == 0) revert RevenueVault_NothingClaimed(channelId);
    }

    /// @inheritdoc IRevenueVault
    function collectAndBook(CollectRow[] calldata rows) external returns (uint256 bookedRows) {
        if (!IHostAccounts(registry()).actsFor(account(), msg.sender)) revert RevenueVault_NotCollector(msg.sender);
        bytes32 domain = ChannelIds.domainOf(BATCH_SETTLEMENT);
        for (uint256 i = 0; i < rows.length; ++i) {
            CollectRow calldata row = rows[i];
            bytes32 channelId = ChannelIds.idOf(domain, row.config);
            if (!_isBookable(row.config)) {
                emit CollectFailed(channelId, abi.encodeWithSelector(RevenueVault_NotBookable.selector, channelId));
                continue;
            }
            _claim(channelId, row);
            // A claim that does not revert proves nothing, and one that does may be late: what counts is what stands
            // claimed.
            if (_bookChannel(channelId, row.config.payerAuthorizer) >= row.totalClaimed) ++bookedRows;
        }
    }

    /// @inheritdoc IRevenueVault
    function booked(bytes32 paymentRef) external view returns (address client, uint256 total) {
        Booking memory booking = bookingOf(paymentRef);
        return (booking.client, booking.total);
    }

    /// @inheritdoc IRevenueVault
    function bookingOf(bytes32 paymentRef) public view returns (Booking memory) {
        return PackedBooking.unpack(_bookings[paymentRef]);
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

    /// @dev One row at a time, so that a bad one hinders no other. Only ECDSA vouchers get here: no code of a payer
    /// runs.
    function _claim(bytes32 channelId, CollectRow calldata row) private {
        VoucherClaim[] memory claims = new VoucherClaim[](1);
        claims[0] = VoucherClaim(Voucher(row.config, row.maxClaimableAmount), row.signature, row.totalClaimed);
        // solhint-disable-next-line no-empty-blocks
        try CHANNELS.claim(claims) {} catch (bytes memory reason) {
            emit CollectFailed(channelId, reason);
        }
    }

    /// @dev Returns what the channel was claimed for.
    function _bookChannel(bytes32 channelId, address client) private returns (uint256 total) {
        (, total) = CHANNELS.channels(channelId);
        if (total != 0) _record(channelId, client, total, BookingKind.CHANNEL);
    }

    /// @dev A payer may sign several values under one nonce: the smallest, booked first, must not keep the others out.
    function _record(bytes32 paymentRef, address client, uint256 total, BookingKind kind) private {
        uint256 before = _bookings[paymentRef];
        if (before != 0 && total <= PackedBooking.totalOf(before)) return;
        if (total > type(uint88).max) revert RevenueVault_TotalTooLarge(total);
        _bookings[paymentRef] = PackedBooking.pack(client, uint88(total), kind);
        emit Booked(paymentRef, client, total, kind, msg.sender);
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

    /// @dev `payer` and collector of a channel prove nothing; the authorizer is the client that receipts name.
    function _isBookable(ChannelConfig calldata config) private view returns (bool) {
        return config.receiver == address(this) && config.token == token && config.payerAuthorizer != address(0);
    }
}
