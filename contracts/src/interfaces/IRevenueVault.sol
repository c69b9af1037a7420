// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ChannelConfig} from "./IBatchSettlement.sol";

/// @notice An EIP-3009 `TransferWithAuthorization` into this vault.
struct ExactPayment {
    address from;
    uint256 value;
    uint256 validAfter;
    uint256 validBefore;
    bytes32 nonce;
}

/// @notice A channel to collect: the buyer's voucher, and how much of it was charged.
struct CollectRow {
    ChannelConfig config;
    uint128 maxClaimableAmount; // what the voucher allows
    uint128 totalClaimed; // what was charged, at most that
    bytes signature; // of the voucher
}

/// @notice What a booking rests on.
enum BookingKind {
    NONE,
    EXACT_SEEN, // the authorization was used before, if only cancelled by its payer
    EXACT, // the vault itself used the authorization: the money came
    CHANNEL // the channel contract owes or has paid it
}

struct Booking {
    address client;
    uint88 total;
    BookingKind kind;
}

/// @notice What has been distributed and not yet paid out, in the token's smallest unit.
struct Buckets {
    uint256 protocolFee;
    uint256 pool;
    uint256 lineage;
    uint256 owner;
    uint256 host;
}

/// @notice The payee address of one license: a minimal clone whose address is known before it has code. Money that
/// reaches it can only
/// leave split among those entitled. Shares are taken from the running total, so they add up to every unit, however
/// often it is split.
interface IRevenueVault {
    event Booked(
        bytes32 indexed paymentRef,
        address indexed client,
        uint256 total,
        BookingKind kind,
        address indexed booker
    );
    event CollectFailed(bytes32 indexed channelId, bytes reason);
    event Distributed(uint256 gross, uint256 protocolFee, uint256 pool, uint256 lineage, uint256 owner, uint256 host);
    event ProtocolPaid(address indexed treasury, uint256 protocolFee, address indexed pool, uint256 poolAmount);
    event AncestorPaid(uint256 indexed ancestorId, uint256 amount);
    event OwnerPaid(uint256 indexed modelId, uint256 amount);
    event HostPaid(address indexed account, uint256 amount);
    event Paid(address indexed payee, uint256 amount);
    /// @notice The token refused this payee: `withdraw` pays once it no longer does.
    event Credited(address indexed payee, uint256 amount);

    error RevenueVault_InvalidSignature(address recovered, address from);
    error RevenueVault_NotBookable(bytes32 channelId);
    error RevenueVault_NothingClaimed(bytes32 channelId);
    error RevenueVault_TotalTooLarge(uint256 total);
    error RevenueVault_NotCollector(address caller);
    error RevenueVault_NothingToDistribute();
    error RevenueVault_NothingToPay();
    error RevenueVault_NothingOwed(address payee);
    error RevenueVault_Frozen(uint256 licenseId);

    /// @notice Books an x402 `exact` payment, by anyone: ECDSA recovers `from` (65 bytes, v 27/28, low s), `to` is this
    /// vault, and the
    /// authorization is used, by this call if not before. Idempotent. `paymentRef = keccak256(abi.encode("exact",
    /// token, from, nonce))`.
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef);
    /// @notice Books what a channel into this vault has been claimed for so far, by anyone. `paymentRef` is the channel
    /// id.
    function book(ChannelConfig calldata config) external returns (bytes32 channelId);
    /// @notice Claims each row in the channel contract and books it, by the account or one of its signers: they alone
    /// know what was
    /// charged of a voucher. A row that fails is reported and hinders no other. Anyone else claims with the receiver
    /// authorizer's
    /// signature at the channel contract, then books. Returns how many rows are booked.
    function collectAndBook(CollectRow[] calldata rows) external returns (uint256 booked);
    /// @notice Splits what arrived since the last call, by anyone, whatever the number of payees and ancestors.
    function distribute() external returns (uint256 gross);
    /// @notice Pays protocol fee and inspection pool, by anyone. A part that the token refuses stays here and does not
    /// hinder the other.
    function payProtocol() external returns (uint256 amount);
    /// @notice Pays an ancestor's payees, by anyone.
    function payAncestor(uint256 ancestorId) external returns (uint256 amount);
    /// @notice Pays the payees of the model's owner, by anyone.
    function payOwner() external returns (uint256 amount);
    /// @notice Pays the licensee, by anyone, unless the license is frozen.
    function payHost() external returns (uint256 amount);
    /// @notice Pays `payee` what the token once refused it, by anyone.
    function withdraw(address payee) external returns (uint256 amount);

    /// @notice Who paid under a reference, and the total booked; zero if nothing is.
    function booked(bytes32 paymentRef) external view returns (address client, uint256 total);
    function bookingOf(bytes32 paymentRef) external view returns (Booking memory);
    function owed(address payee) external view returns (uint256);
    function royaltyOwed(uint256 ancestorId) external view returns (uint256);
    function buckets() external view returns (Buckets memory);
    /// @notice What `distribute` would split now.
    function undistributed() external view returns (uint256);
    function licenseId() external view returns (uint256);
    function modelId() external view returns (uint256);
    function termsId() external view returns (uint32);
    function account() external view returns (address);
    function token() external view returns (address);
    function registry() external view returns (address);
}
