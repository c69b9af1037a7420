// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Receipt} from "./Claims.sol";
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
    event Booked(bytes32 indexed paymentRef, address indexed client, uint256 total, address indexed booker);
    event ShortfallPaid(bytes32 indexed paymentRef, address indexed client, uint256 amount, address indexed payer);
    event WatchtowerNamed(address indexed watchtower, bool named);
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
    error RevenueVault_NotAccount(address caller);
    error RevenueVault_NotCollector(address caller);
    error RevenueVault_NotStated(bytes32 channelId);
    error RevenueVault_NothingToDistribute();
    error RevenueVault_NothingToPay();
    error RevenueVault_NothingOwed(address payee);
    error RevenueVault_Frozen(uint256 licenseId);

    /// @notice Books an x402 `exact` payment, by anyone: its authorization for this vault, signed by `from` with ECDSA,
    /// is used, by this call if not before. Idempotent. `paymentRef = keccak256(abi.encode("exact", token, from,
    /// nonce))`.
    function bookExact(ExactPayment calldata payment, bytes calldata signature) external returns (bytes32 paymentRef);
    /// @notice Books what a channel into this vault has been claimed for so far, by anyone. `paymentRef` is the channel
    /// id.
    function book(ChannelConfig calldata config) external returns (bytes32 channelId);
    /// @notice Books `total` for a client's payment, by anyone, who pays what is lacking (needs an allowance): for a
    /// use whose money is gone.
    function bookShortfall(bytes32 paymentRef, address client, uint256 total) external returns (uint256 paid);
    /// @notice Claims each row in the channel contract and books it, by the account, its signers and the watchtowers
    /// it named: they state what was charged of a voucher. A row that fails is reported and hinders no other. Returns
    /// how many rows are booked.
    function collectAndBook(CollectRow[] calldata rows) external returns (uint256 booked);
    /// @notice The same for one row, by anyone with a receipt of this license that states the row's total; it needs no
    /// anchor, and its signer must not be revoked.
    function collectWithReceipt(
        CollectRow calldata row,
        Receipt calldata receipt,
        bytes calldata signature
    ) external returns (bytes32 channelId);
    /// @notice Ends a channel, by the account or its signers: claims and books the row, then returns what is left of
    /// the channel to its payer at once.
    function refund(CollectRow calldata row) external returns (uint256 returned);
    /// @notice Lets somebody collect in the account's name, or no longer; by the account.
    function nameWatchtower(address watchtower, bool named) external;
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

    /// @notice The total booked for a client's payment; it only grows.
    function booked(bytes32 paymentRef, address client) external view returns (uint256 total);
    /// @notice The total booked at the end of a block that is over.
    function bookedAt(bytes32 paymentRef, address client, uint256 blockNumber) external view returns (uint256 total);
    function isWatchtower(address watchtower) external view returns (bool);
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
